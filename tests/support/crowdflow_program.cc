#include "support/crowdflow_program.h"

#include <csignal>
#include <cstdlib>

#include "paths.h"
#include "support/eventually.h"
#include "support/http_client.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 60s;
constexpr auto kStopLimit = 30s;

std::string config_text(const std::string& bootstrap,
                        const std::vector<std::filesystem::path>& venues, const std::string& prefix,
                        int partitions) {
  std::string text = "crowdflow: v1\nbrokers: " + bootstrap + "\ntopics: { prefix: " + prefix +
                     ", partitions: " + std::to_string(partitions) + " }\ngroup: " + prefix +
                     "engine\ninstance: " + prefix + "engine-1\nvenues:\n";
  for (const std::filesystem::path& venue : venues)
    text += "  - " + venue.string() + "\n";
  return text + "http: { port: 0 }\n";
}

}  // namespace

std::filesystem::path CrowdflowProgram::executable() { return build_dir() / "bin" / "crowdflow"; }

CrowdflowProgram::CrowdflowProgram(const std::string& bootstrap,
                                   std::vector<std::filesystem::path> venues,
                                   const std::string& prefix, int partitions)
    : prefix_(prefix),
      config_(dir_.write("run.yaml", config_text(bootstrap, venues, prefix, partitions))) {}

testing::AssertionResult CrowdflowProgram::create_topics() {
  const Finished done = run_to_end(
      {.argv = {executable().string(), "topics", "create", "--config", config_.string()}},
      kStartLimit);
  if (done.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "crowdflow topics create: " << done.out << done.err;
}

testing::AssertionResult CrowdflowProgram::start() {
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

testing::AssertionResult CrowdflowProgram::stop() {
  process_->signal(SIGTERM);
  return process_->exits_with(0, kStopLimit);
}

std::string CrowdflowProgram::metrics() const { return http_get(url_ + "/metrics").body; }

double CrowdflowProgram::metric(const std::string& series) const {
  const std::string text = "\n" + metrics();
  const std::size_t at = text.find("\n" + series + " ");
  if (at == std::string::npos) return -1;
  return std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

}  // namespace crowdflow::test
