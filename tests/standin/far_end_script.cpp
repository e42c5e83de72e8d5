// SPDX-License-Identifier: LGPL-2.1-or-later
#include "far_end_script.h"

#include <functional>
#include <map>

#include "media_wav.h"

namespace standin {
namespace {

using Kind = FarEndStep::Kind;

constexpr double kLongestSeconds = 24 * 3600;

std::string play_body(const char* type, const char* key, const std::string& value) {
  JsonOut out;
  out.begin().add("action", "play").key("play").begin().add("type", type).add(key, value);
  return out.end().end().text();
}

std::string add_play(FarEndScript& script, std::string body) {
  script.steps.push_back({Kind::kPlay, "/calls/*/media", std::move(body)});
  return {};
}

std::string say(FarEndScript& script, const std::string& text) {
  if (text.empty()) return "there is nothing to say";
  g_autofree gchar* speaker = g_find_program_in_path("espeak-ng");
  if (speaker == nullptr) return "espeak-ng is not installed: apt install espeak-ng";
  return add_play(script, play_body("speech", "text", text));
}

std::string play(FarEndScript& script, const std::string& path) {
  if (!media::read_wav(path)) return path + " is no WAV file with 16 bit PCM that can be read";
  return add_play(script, play_body("file", "file", path));
}

std::string play_tones(FarEndScript& script, const std::vector<std::vector<double>>& rows) {
  if (rows.empty()) return "tones are Hz:milliseconds, with commas between them: 440:500,0:200";
  JsonOut out;
  out.begin().add("action", "play").key("play").begin().add("type", "tones").key("tones");
  out.begin_list();
  for (const auto& row : rows) {
    if (row.size() != 2 || row[0] < 0 || row[1] < 1 || row[1] > kLongestSeconds * 1000) {
      return "a tone is its frequency in Hz and its length in milliseconds: 440:500";
    }
    out.begin_list();
    for (double number : row) out.value(static_cast<std::int64_t>(number));
    out.end_list();
  }
  return add_play(script, out.end_list().end().end().text());
}

std::vector<double> numbers_of(const char* text) {
  std::vector<double> numbers;
  g_auto(GStrv) parts = g_strsplit(text, ":", 0);
  for (gchar** part = parts; *part != nullptr; ++part) {
    gchar* end = nullptr;
    numbers.push_back(g_ascii_strtod(*part, &end));
    if (end == *part || *end != '\0') return {};
  }
  return numbers;
}

// "440:500,0:200"
std::string tones(FarEndScript& script, const std::string& text) {
  std::vector<std::vector<double>> rows;
  g_auto(GStrv) parts = g_strsplit(text.c_str(), ",", 0);
  for (gchar** part = parts; *part != nullptr; ++part) rows.push_back(numbers_of(*part));
  return play_tones(script, rows);
}

std::string dtmf(FarEndScript& script, const std::string& digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789*#ABCDabcd") != digits.npos) {
    return "DTMF is made of 0 to 9, *, # and A to D";
  }
  const auto body = JsonOut().begin().add("action", "dtmf").add("digits", digits).end().text();
  script.steps.push_back({Kind::kDtmf, "/calls/*/media", body, {}, digits.size()});
  return {};
}

// False unless it is a number of seconds that makes sense.
bool parse_seconds(const std::string& text, std::chrono::milliseconds& time) {
  gchar* end = nullptr;
  const double seconds = g_ascii_strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(seconds >= 0) || seconds > kLongestSeconds) {
    return false;
  }
  time = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return true;
}

std::string add_wait(FarEndScript& script, Kind kind, const std::string& text) {
  FarEndStep step{kind, {}, {}};
  if (!parse_seconds(text, step.time)) return "\"" + text + "\" is no number of seconds";
  script.steps.push_back(std::move(step));
  return {};
}

std::string wait(FarEndScript& script, const std::string& text) {
  return add_wait(script, Kind::kWait, text);
}

std::string until_hang_up(FarEndScript& script, const std::string& text) {
  return add_wait(script, Kind::kUntilHangUp, text);
}

// NAME=NUMBER; whether there is such a fault is seen by who sets it.
std::string fault(FarEndScript& script, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == text.npos) return "a fault is NAME=NUMBER";
  JsonOut out;
  out.begin().add(text.substr(0, equals).c_str(),
                  static_cast<std::int64_t>(g_ascii_strtoll(&text[equals + 1], nullptr, 10)));
  script.steps.push_back({Kind::kControl, "/faults", out.end().text()});
  return {};
}

// cut or freeze
std::string socket(FarEndScript& script, const std::string& what) {
  if (what != "cut" && what != "freeze") return "a socket can be cut or freeze";
  script.steps.push_back({Kind::kControl, "/flows/+/" + what, {}});
  return {};
}

std::string hang_up(FarEndScript& script, const std::string&) {
  script.steps.push_back({});
  return {};
}

const std::map<std::string, std::string (*)(FarEndScript&, const std::string&)>& words() {
  static const std::map<std::string, std::string (*)(FarEndScript&, const std::string&)> kWords = {
      {"say", say},     {"play", play},     {"tones", tones},
      {"dtmf", dtmf},   {"wait", wait},     {"until-hang-up", until_hang_up},
      {"fault", fault}, {"socket", socket}, {"hang-up", hang_up},
  };
  return kWords;
}

// What only a JSON script can say: the bodies of the control API.
const char* control_path(const std::string& word) {
  if (word == "media") return "/calls/*/media";
  if (word == "reinvite") return "/calls/*/reinvite";
  return word == "fault" ? "/faults" : nullptr;
}

std::string number_text(double number) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_dtostr(text, sizeof text, number);
}

std::string add_json_step(FarEndScript& script, const Json& json) {
  const auto keys = json.keys();
  if (keys.size() != 1) return "a step has one word: {\"say\":\"Hello\"}";
  const std::string& word = keys.front();
  const auto object = json.object(word.c_str());
  if (object && control_path(word) != nullptr) {
    script.steps.push_back({Kind::kControl, control_path(word), JsonOut().value(*object).text()});
    return {};
  }
  if (word == "tones") return play_tones(script, json.rows("tones"));
  const std::string text = json.text(word.c_str());
  return add_step(script, word, text.empty() ? number_text(json.real(word.c_str())) : text);
}

std::string add_json_value(FarEndScript& script, const Json& json, const std::string& key) {
  if (key == "sip") {
    script.sip = json.object("sip");
    return {};
  }
  if (key == "media") {
    script.media = json.object("media");
    if (script.media) script.record = script.media->text("record");
    return {};
  }
  const std::string value = json.text(key.c_str());
  return set_value(script, key, value.empty() ? number_text(json.real(key.c_str())) : value);
}

}  // namespace

bool is_step(const std::string& word) { return words().count(word) != 0; }

std::string add_step(FarEndScript& script, const std::string& word, const std::string& value) {
  const auto found = words().find(word);
  if (found == words().end()) return "there is no step \"" + word + "\"";
  const std::string problem = found->second(script, value);
  return problem.empty() ? "" : word + ": " + problem;
}

std::string set_value(FarEndScript& script, const std::string& word, const std::string& value) {
  static const std::map<std::string, std::string FarEndScript::*> kTexts = {
      {"from", &FarEndScript::from},
      {"name", &FarEndScript::name},
      {"codec", &FarEndScript::codec},
      {"record", &FarEndScript::record}};
  const auto found = kTexts.find(word);
  if (found != kTexts.end()) {
    script.*found->second = value;
  } else if (word != "ring" || !parse_seconds(value, script.ring)) {
    return word + ": \"" + value + "\" is not understood";
  }
  return {};
}

std::string add_json(FarEndScript& script, const std::string& text) {
  const auto json = Json::parse(text);
  if (!json) return "not a JSON object";
  std::size_t number = 0;
  for (const auto& key : json->keys()) {
    const std::string problem = key == "steps" ? "" : add_json_value(script, *json, key);
    if (!problem.empty()) return problem;
  }
  for (const auto& step : json->objects("steps")) {
    ++number;
    const std::string problem = add_json_step(script, step);
    if (!problem.empty()) return "step " + std::to_string(number) + ": " + problem;
  }
  return number == 0 ? "it has no \"steps\"" : "";
}

}  // namespace standin
