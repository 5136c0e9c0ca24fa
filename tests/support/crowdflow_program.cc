#include "support/crowdflow_program.h"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "paths.h"
#include "support/eventually.h"
#include "support/http_client.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 60s;
constexpr auto kStopLimit = 30s;

std::string config_text(const CrowdflowProgram::Options& options) {
  std::string text =
      "crowdflow: v1\n" +
      (options.folder.empty() ? "brokers: \"" + options.brokers + "\""
                              : "embedded: { folder: " + options.folder.string() + " }") +
      "\ntopics: { prefix: " + options.prefix +
      ", partitions: " + std::to_string(options.partitions) +
      ", replication: " + std::to_string(options.replication) + " }\ngroup: " + options.prefix +
      "engine\ninstance: " + options.prefix + options.instance + "\nvenues:\n";
  for (const std::filesystem::path& venue : options.venues)
    text += "  - " + venue.string() + "\n";
  return text + "http: { port: 0 }\n" + options.more;
}

// nullptr: the line is about something else.
const char* stage_told_by(std::string_view line) {
  const auto has = [&](std::string_view words) { return line.find(words) != std::string::npos; };
  if (has(" starts again from the log")) return "starting";
  if (has(" running; ")) return "running";
  if (!has(" rebalance: ")) return nullptr;
  if (line.ends_with(" assigned")) return "restoring";
  if (has(" rebalance: 0 ")) return "waiting";
  return line.ends_with(" lost") ? "lost" : "rebalance";
}

}  // namespace

std::filesystem::path CrowdflowProgram::executable() { return build_dir() / "bin" / "crowdflow"; }

CrowdflowProgram::CrowdflowProgram(const Options& options)
    : prefix_(options.prefix), config_(dir_.write("run.yaml", config_text(options))) {}

CrowdflowProgram::CrowdflowProgram(const std::string& bootstrap,
                                   std::vector<std::filesystem::path> venues,
                                   const std::string& prefix, int partitions)
    : CrowdflowProgram(Options{.brokers = bootstrap,
                               .venues = std::move(venues),
                               .prefix = prefix,
                               .partitions = partitions}) {}

testing::AssertionResult CrowdflowProgram::create_topics() {
  const Finished done = run_to_end(
      {.argv = {executable().string(), "topics", "create", "--config", config_.string()}},
      kStartLimit);
  if (done.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "crowdflow topics create: " << done.out << done.err;
}

testing::AssertionResult CrowdflowProgram::start() {
  if (process_) said_before_ += process_->err();
  process_ = std::make_unique<Process>(
      Command{.argv = {executable().string(), "run", "--config", config_.string()}});
  if (auto started = process_->start(); !started) return started;
  if (auto said = process_->says("page: http://", kStartLimit); !said) return said;
  const std::string out = process_->out();
  const std::size_t from = out.find("page: ") + 6;
  url_ = out.substr(from, out.find_first_of("\r\n", from) - from);
  while (url_.ends_with('/'))
    url_.pop_back();
  return testing::AssertionSuccess();
}

testing::AssertionResult CrowdflowProgram::becomes_ready() {
  return eventually(kStartLimit, [&] {
    const HttpResponse answer = http_get(url_ + "/readyz");
    return answer.status == 200 ? testing::AssertionSuccess()
                                : testing::AssertionFailure()
                                      << answer.status << " " << answer.body << "\n"
                                      << log();
  });
}

void CrowdflowProgram::kill() {
  process_->signal(SIGKILL);
  (void)process_->wait(kStopLimit);
}

void CrowdflowProgram::freeze() const { process_->signal(SIGSTOP); }
void CrowdflowProgram::wake() const { process_->signal(SIGCONT); }
void CrowdflowProgram::terminate() const { process_->signal(SIGTERM); }

testing::AssertionResult CrowdflowProgram::fails() {
  const std::optional<int> status = process_->wait(kStopLimit);
  if (status && *status != 0 && *status < 128) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << (status ? "ended with " + std::to_string(*status) : std::string("still runs")) << "\n"
         << log();
}

testing::AssertionResult CrowdflowProgram::stop() {
  process_->signal(SIGTERM);
  return process_->exits_with(0, kStopLimit);
}

std::string CrowdflowProgram::stage() const {
  const std::string text =
      http({.url = url_ + "/metrics", .headers = {}, .body = {}, .limit = 500ms}).body;
  for (const char* stage : {"starting", "waiting", "restoring", "running"}) {
    const std::string series = "\ncrowdflow_engine_stage{stage=\"" + std::string(stage) + "\"} 1";
    if (text.find(series) != std::string::npos) return stage;
  }
  return {};
}

std::string CrowdflowProgram::stage_told() const {
  const std::string said = process_ ? process_->err() : std::string();
  std::string stage;
  std::size_t begin = 0;
  for (std::size_t end = said.find('\n'); end != std::string::npos; end = said.find('\n', begin)) {
    if (const char* told = stage_told_by(std::string_view(said).substr(begin, end - begin))) {
      stage = told;
    }
    begin = end + 1;
  }
  return stage;
}

std::set<std::int32_t> CrowdflowProgram::partitions() const {
  constexpr std::string_view kSeries = "\ncrowdflow_consumer_lag_records{partition=\"";
  const std::string text =
      http({.url = url_ + "/metrics", .headers = {}, .body = {}, .limit = 500ms}).body;
  std::set<std::int32_t> found;
  for (std::size_t at = text.find(kSeries); at != std::string::npos;
       at = text.find(kSeries, at + 1)) {
    found.insert(static_cast<std::int32_t>(std::atoi(text.c_str() + at + kSeries.size())));
  }
  return found;
}

int CrowdflowProgram::assignments() const {
  constexpr std::string_view kSaid = "running; ";
  const std::string all = log();
  int count = 0;
  for (std::size_t at = all.find(kSaid); at != std::string::npos; at = all.find(kSaid, at + 1))
    ++count;
  return count;
}

std::string CrowdflowProgram::metrics() const { return http_get(url_ + "/metrics").body; }

double CrowdflowProgram::metric(const std::string& series) const {
  const std::string text = "\n" + metrics();
  const std::size_t at = text.find("\n" + series + " ");
  if (at == std::string::npos) return -1;
  return std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

}  // namespace crowdflow::test
