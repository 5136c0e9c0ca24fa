#include "app/command_line.h"
#include "app/large_pages.h"

int main(int argc, char** argv) {
  crowdflow::app::LargePages pages;  // for the shards
  std::pmr::set_default_resource(&pages);
  return crowdflow::app::command_line(argc, argv);
}
