// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call_description.h"

#include "call_placeholders.h"
#include "core/text.h"
#include "elements_of_type.h"
#include "rcsignal.h"
#include "rcsink.h"
#include "rcsrc.h"

namespace rc {
namespace {

Error fault(const std::string& text) { return {Errc::kConfig, "call-bin: " + text}; }

// A description of one element comes without a pipeline around it.
Ref<GstElement> in_pipeline(GstElement* made) {
  if (GST_IS_PIPELINE(made)) return Ref<GstElement>::sink(made);
  auto pipeline = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(pipeline.get()), made);
  return pipeline;
}

Result<Ref<GstElement>> parse(const std::string& text) {
  GError* error = nullptr;
  GstElement* made =
      gst_parse_launch_full(text.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  const Owned<GError> owned(error);
  if (made == nullptr || error != nullptr)
    return fault(clean_text(error != nullptr ? error->message : "it is empty"));
  return in_pipeline(made);
}

bool has_location(GstElement* element) {
  const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), "location");
  if (spec == nullptr || spec->value_type != G_TYPE_STRING) return false;
  char* location = nullptr;
  g_object_get(element, "location", &location, nullptr);
  const Owned<char> owned(location);
  return location != nullptr && *location != '\0';
}

// Of two calls the second overwrites the file of the first, or both write into it.
bool shares_files(GstElement* pipeline, const std::string& description) {
  if (description.find("%{id}") != description.npos) return false;
  for (const auto& element : elements_of_type(pipeline, GST_TYPE_ELEMENT))
    if (GST_OBJECT_FLAG_IS_SET(element.get(), GST_ELEMENT_FLAG_SINK) && has_location(element.get()))
      return true;
  return false;
}

}  // namespace

Result<Ref<GstElement>> make_call_pipeline(const std::string& description,
                                           const call::CallInfo& call) {
  const auto text = describe_call(description, call);
  if (!text.ok()) return text.error();
  auto pipeline = parse(text.value());
  if (!pipeline.ok()) return pipeline;
  GstElement* root = pipeline.value().get();
  for (const GType type : {GST_TYPE_RC_SRC, GST_TYPE_RC_SINK})
    for (const auto& element : elements_of_type(root, type))
      g_object_set(element.get(), "call", call.id.c_str(), nullptr);
  return pipeline;
}

DescriptionFaults check_call_description(const std::string& description) {
  call::CallInfo call;
  call.id = "c-check";
  const auto pipeline = make_call_pipeline(description, call);
  if (!pipeline.ok()) return {pipeline.error(), {}};
  GstElement* root = pipeline.value().get();
  if (elements_of_type(root, GST_TYPE_RC_SRC).size() != 1)
    return {fault("it needs one rcsrc, which answers the call"), {}};
  if (!elements_of_type(root, GST_TYPE_RC_SIGNAL).empty())
    return {fault("an rcsignal in it would be another line: it has this one's"), {}};
  if (shares_files(root, description))
    return {{}, fault("calls overwrite each other's file: put %{id} into its location")};
  return {};
}

}  // namespace rc
