#include "wire/readings_csv.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"
#include "unit/wire/reference_readings.h"

namespace crowdflow::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Kind = CsvLayout::Kind;

// London, summer and winter of 2018.
TimeReader london(const std::string& format = "") {
  const auto from = [](std::string_view text, int hours) {
    return UtcOffset{.from = *event_time_from_rfc3339(text), .seconds = std::chrono::hours{hours}};
  };
  return *TimeReader::make(
      format, std::vector{from("2018-03-25T01:00:00Z", 1), from("2018-10-28T01:00:00Z", 0)});
}

CsvLayout layout(std::string_view columns, Kind kind = Kind::kDelta) {
  auto read = csv_columns_from(columns);
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return {.columns = *read,
          .kind = kind,
          .venue_id = "hall",
          .sensor_id = "door-1",
          .interval = std::chrono::minutes{15},
          .times = london()};
}

// A reading as text, or "LINE: what is wrong".
std::vector<std::string> said(const std::string& table, CsvLayout with) {
  const test::TempDir dir;
  auto csv = ReadingsCsv::open(dir.write("table.csv", table), std::move(with));
  EXPECT_TRUE(csv.has_value()) << csv.error().message;
  std::vector<std::string> all;
  while (csv) {
    const auto entry = csv->next();
    EXPECT_TRUE(entry.has_value());
    if (!entry || !*entry) break;
    if (!(*entry)->readings) {
      all.push_back(std::to_string((*entry)->line) + ": " + (*entry)->readings.error().message);
      continue;
    }
    EXPECT_THAT(*(*entry)->readings, SizeIs(1));
    const Reading& reading = (*entry)->readings->front();
    all.push_back(to_rfc3339(reading.event_time) + ' ' + test::describe(reading));
  }
  return all;
}

TEST(ReadingsCsv, ReadsAnExportOfADoorCounter) {
  const auto readings = said("Zeit;Ein;Aus\n2018-10-27 10:15;12;3\n2018-10-27 10:30;0;7\n",
                             layout("event_time=Zeit,entries=ein,exits=AUS"));
  ASSERT_THAT(readings, SizeIs(2));
  EXPECT_THAT(readings[0], HasSubstr("2018-10-27T09:15:00Z hall|door-1|0|0|"));
  EXPECT_THAT(readings[0], HasSubstr("|900000000|"));
  EXPECT_THAT(readings[0], testing::EndsWith("count_delta 12 3"));
  EXPECT_THAT(readings[1], testing::EndsWith("count_delta 0 7"));
}

TEST(ReadingsCsv, JoinsColumnsAndTakesThemByNumber) {
  CsvLayout with = layout("event_time=Date+Time,entries=#3");
  with.times = london("%d/%m/%Y %H:%M");
  with.stamped_at_start = true;
  const auto readings = said("Date,Time,In (left)\n27/10/2018,10:15,12\n", std::move(with));
  ASSERT_THAT(readings, SizeIs(1));
  EXPECT_THAT(readings[0], HasSubstr("2018-10-27T09:30:00Z")) << "the end of what began at 10:15";
  EXPECT_THAT(readings[0], testing::EndsWith("count_delta 12 0"));
}

TEST(ReadingsCsv, TakesSensorsSequencesAndIntervalsFromColumns) {
  CsvLayout with = layout("event_time=t,sensor_id=door,sequence=n,interval=s,entries=in,exits=out",
                          Kind::kTotal);
  with.sensors = {{"Main door", "door-1"}};
  const auto readings = said(
      "t,door,n,s,in,out\n2018-10-27 10:15,Main door,7,60,5,4\n2018-10-27 10:15,door-2,8,30,1,0\n",
      std::move(with));
  ASSERT_THAT(readings, SizeIs(2));
  EXPECT_THAT(readings[0], HasSubstr("hall|door-1|7|0|"));
  EXPECT_THAT(readings[0], HasSubstr("|60000000|count_total 5 4"));
  EXPECT_THAT(readings[1], HasSubstr("hall|door-2|8|0|"));
}

TEST(ReadingsCsv, ReadsPeoplePresentAndCountsByHand) {
  EXPECT_THAT(
      said("t,n\n2018-10-27 10:15,40\n", layout("event_time=t,people=n", Kind::kOccupancy))[0],
      HasSubstr("occupancy 40 "));
  EXPECT_THAT(said("t,n,z\n2018-10-27 10:15,40,stage\n",
                   layout("event_time=t,people=n,zone_id=z", Kind::kAnchor))[0],
              HasSubstr("anchor stage 40 "));
}

TEST(ReadingsCsv, SaysOfEachBadRowWhereItIsAndWhatWasExpected) {
  const auto readings = said(
      "t,in,out\n2018-10-27 10:15,x,1\n2018-10-27,1,1\n2018-10-27 10:30,1\n2018-10-27 10:45,-1,0\n"
      "2018-10-27 11:00,1,\n2018-10-27 11:15,1.5,2\n\"Total\",9,9\n2018-10-27 11:30,1,1\n",
      layout("event_time=t,entries=in,exits=out"));
  ASSERT_THAT(readings, SizeIs(8));
  EXPECT_EQ(readings[0], "2: column \"in\": found \"x\", expected a whole number, 0 or more");
  EXPECT_THAT(readings[1],
              HasSubstr("3: column \"t\": found \"2018-10-27\", expected a time such as"));
  EXPECT_EQ(readings[2], "4: found 2 cells, expected 3 as in the first row");
  EXPECT_THAT(readings[3], HasSubstr("5: column \"in\": found \"-1\""));
  EXPECT_THAT(readings[4], HasSubstr("6: column \"out\": found nothing, expected a whole number"));
  EXPECT_THAT(readings[5], HasSubstr("7: column \"in\": found \"1.5\""));
  EXPECT_THAT(readings[6], HasSubstr("8: column \"t\": found \"Total\""));
  EXPECT_THAT(readings[7], HasSubstr("count_delta 1 1"));
  EXPECT_THAT(said("t,in\n2018-10-27 10:15,\xFF\n", layout("event_time=t,entries=in"))[0],
              HasSubstr("no UTF-8"));
}

TEST(ReadingsCsv, TellsTheTwoHoursApartWhenClocksAreSetBack) {
  const auto times = [](const std::vector<std::string>& readings) {
    std::vector<std::string> all;
    for (const auto& each : readings)
      all.push_back(each.substr(0, each.find(' ')));
    return all;
  };
  const CsvLayout with = layout("event_time=t,entries=in");
  EXPECT_THAT(times(said("t,in\n2018-10-28 00:30,1\n2018-10-28 01:00,1\n2018-10-28 01:30,1\n"
                         "2018-10-28 01:00,1\n2018-10-28 01:30,1\n2018-10-28 02:00,1\n",
                         with)),
              ElementsAre("2018-10-27T23:30:00Z", "2018-10-28T00:00:00Z", "2018-10-28T00:30:00Z",
                          "2018-10-28T01:00:00Z", "2018-10-28T01:30:00Z", "2018-10-28T02:00:00Z"));
  const auto backwards = said("t,in\n2018-10-28 02:00,1\n2018-10-28 01:30,1\n", with);
  EXPECT_THAT(backwards[1], HasSubstr("3: found a local time that comes twice"));
}

TEST(ReadingsCsv, SaysWhichColumnsItFoundWhenOneIsMissing) {
  const test::TempDir dir;
  const auto csv = ReadingsCsv::open(dir.write("table.csv", "Time;In\n"),
                                     layout("event_time=Time,entries=In,exits=Out"));
  ASSERT_FALSE(csv.has_value());
  EXPECT_EQ(csv.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(csv.error().message,
              HasSubstr(":1: found the columns \"Time\", \"In\", expected \"Out\" for exits"));
  EXPECT_FALSE(ReadingsCsv::open(dir.write("empty.csv", ""), layout("entries=In")).has_value());
}

TEST(ReadingsCsv, RefusesColumnsThatMeanNothing) {
  for (const char* text : {"In", "entrys=In", "entries=", "=In", "entries=A,entries=B"}) {
    EXPECT_FALSE(csv_columns_from(text).has_value()) << text;
  }
  EXPECT_THAT(csv_columns_from("entrys=In").error().message,
              HasSubstr("found \"entrys=In\", expected FIELD=COLUMN"));
}

}  // namespace
}  // namespace crowdflow::wire
