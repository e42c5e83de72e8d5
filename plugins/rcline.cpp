// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rcline.h"

#include "core/text.h"
#include "rcmessages.h"
#include "rcsignal.h"

namespace rc {
namespace {

constexpr const char* kProgressCode = "register";

using PhoneHandle = std::shared_ptr<phone::Phone>;

gpointer copy_handle(gpointer handle) {
  return new PhoneHandle(*static_cast<PhoneHandle*>(handle));
}
void free_handle(gpointer handle) { delete static_cast<PhoneHandle*>(handle); }

// A boxed type: GstContext fields must be of a registered type to be copied and freed.
GType phone_handle_type() {
  static const GType type = g_boxed_type_register_static("RcPhoneHandle", copy_handle, free_handle);
  return type;
}

Result<PhoneHandle> phone_of_signal(GstElement* element, const std::string& line) {
  const auto root = root_of(element);
  const auto found =
      GST_IS_BIN(root.get())
          ? Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(root.get()), line.c_str()))
          : Ref<GstElement>();
  if (!found || !GST_IS_RC_SIGNAL(found.get()))
    return Error{Errc::kConfig, "line=" + clean_text(line) +
                                    ": there is no rcsignal of that name in this pipeline"};
  return gst_rc_signal_phone(GST_RC_SIGNAL(found.get()));
}

// Asks the pipeline: a bin answers NEED_CONTEXT from what its children have announced.
PhoneHandle phone_of_pipeline(GstElement* element) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (GstContext* context = gst_element_get_context(element, kLineContext)) {
      PhoneHandle phone = phone_of_context(context);
      gst_context_unref(context);
      if (phone) return phone;
    }
    if (attempt == 0)
      gst_element_post_message(element,
                               gst_message_new_need_context(GST_OBJECT(element), kLineContext));
  }
  return nullptr;
}

Result<PhoneHandle> phone_of_environment() {
  auto credentials = rest::complete_credentials({}, rest::process_environment());
  if (!credentials.ok()) return credentials.error();
  phone::Settings settings;
  settings.credentials = std::move(credentials).value();
  return phone::Phone::find_or_make(settings);
}

}  // namespace

Ref<GstElement> root_of(GstElement* element) {
  auto root = Ref<GstElement>::share(element);
  while (GstObject* parent = gst_object_get_parent(GST_OBJECT(root.get())))
    root = Ref<GstElement>::adopt(GST_ELEMENT(parent));
  return root;
}

GstContext* make_line_context(std::shared_ptr<phone::Phone> phone) {
  GstContext* context = gst_context_new(kLineContext, TRUE);
  gst_structure_set(gst_context_writable_structure(context), "phone", phone_handle_type(), &phone,
                    nullptr);
  return context;
}

std::shared_ptr<phone::Phone> phone_of_context(GstContext* context) {
  const GValue* value = gst_structure_get_value(gst_context_get_structure(context), "phone");
  if (value == nullptr || !G_VALUE_HOLDS(value, phone_handle_type())) return nullptr;
  return *static_cast<PhoneHandle*>(g_value_get_boxed(value));
}

Result<FoundLine> find_line(GstElement* element, const std::string& line) {
  if (!line.empty()) {
    auto phone = phone_of_signal(element, line);
    if (!phone.ok()) return phone.error();
    return FoundLine{std::move(phone).value(), false};
  }
  if (PhoneHandle phone = phone_of_pipeline(element)) return FoundLine{std::move(phone), false};
  auto phone = phone_of_environment();
  if (!phone.ok()) return phone.error();
  return FoundLine{std::move(phone).value(), true};
}

LineReporter::LineReporter(GstElement* element) { g_weak_ref_init(&element_, element); }
LineReporter::~LineReporter() { g_weak_ref_clear(&element_); }

void LineReporter::begin() {
  {
    std::lock_guard lock(mutex_);
    in_progress_ = true;
  }
  post_progress(GST_PROGRESS_TYPE_START, "connecting to RingCentral");
}

void LineReporter::cancel(const char* why) {
  if (end_progress()) post_progress(GST_PROGRESS_TYPE_CANCELED, why);
}

bool LineReporter::end_progress() {
  std::lock_guard lock(mutex_);
  return std::exchange(in_progress_, false);
}

void LineReporter::post_progress(GstProgressType type, const std::string& text) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return;
  gst_element_post_message(element.get(), gst_message_new_progress(GST_OBJECT(element.get()), type,
                                                                   kProgressCode, text.c_str()));
}

void LineReporter::on_status(const phone::Status& status) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (element) report(element.get(), status);
}

// One code and one end: gst-launch keeps a single flag and goes on at the first COMPLETE (1.22,
// measured), and waits for ever for one that does not come.
void LineReporter::report(GstElement* element, const phone::Status& status) {
  post_element_message(element, to_structure(status));
  // The first failure of an outage; the rc-line messages tell of the others.
  if (status.state == phone::State::kRetrying && status.error && !std::exchange(warned_, true))
    post_warning(element, *status.error);
  if (status.state == phone::State::kRegistered) {
    warned_ = false;
    if (end_progress()) post_progress(GST_PROGRESS_TYPE_COMPLETE, status.text);
  } else if (status.state == phone::State::kFailed) {
    if (end_progress()) post_progress(GST_PROGRESS_TYPE_ERROR, status.text);
    post_error(element, status.error.value_or(Error{Errc::kInternal, status.text}));
  } else if (status.slow) {
    cancel("not registered yet, trying on");
  } else {
    std::unique_lock lock(mutex_);
    const bool told = in_progress_;
    lock.unlock();
    if (told) post_progress(GST_PROGRESS_TYPE_CONTINUE, status.text);
  }
}

}  // namespace rc
