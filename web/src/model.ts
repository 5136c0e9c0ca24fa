// What the screen shows at one instant, worked out of what the page knows.

import { type Direction, type History, direction, spanMinutes } from './history';
import { type AlarmRecord, type Live, type ZoneRecord } from './live';
import { holdsUntil, isInformed, zoneKey } from './live';
import * as severity from './severity';
import type { AlertView, Letter, Venue, Zone, ZoneView } from './wire';

export interface Alarm {
  id: string;
  view: AlertView;
  priority: severity.Priority;
  standing: severity.Standing;
  at: number; // ms, of the newest transition
  raisedAt: number | null;
  zoneName: string;
  key: string; // of its row
  venue: Venue | null;
}

export interface Row {
  key: string;
  index: number;
  venue: Venue;
  zone: Zone;
  view: ZoneView | null;
  severity: severity.Severity;
  hasData: boolean;
  priority: severity.Priority | null;
  letter: Letter | null;
  load: number | null;
  // The newest known numbers: of the past when there is no data now. null: never known.
  density: number | null; // people/m2
  people: number | null;
  inflow: number | null; // people/min
  outflow: number | null;
  ageMs: number | null;
  // The numbers hold with a reservation.
  degraded: boolean;
  history: History | null;
  direction: Direction | null;
  alarms: Alarm[]; // open ones, worst first
}

export interface View {
  now: number; // ms
  rows: Row[]; // as in the venue files
  // A zone with an open alarm and no data counts in both.
  counts: Record<severity.Severity, number>;
  open: Alarm[]; // worst first, then newest first
  hidden: Alarm[]; // newest first
  cleared: Alarm[]; // newest first
  people: number | null; // in all zones with data; null when there is none
  dataAgeMs: number | null; // of the newest data
  spanMinutes: number;
}

export function look(live: Live, now: number): View {
  const alarms = [...live.alarms.values()].map((record) => alarmOf(live, record));
  const open = alarms.filter((alarm) => alarm.standing === 'open').sort(worseFirst);
  const byZone = new Map<string, Alarm[]>();
  for (const alarm of open) byZone.set(alarm.key, [...(byZone.get(alarm.key) ?? []), alarm]);

  const rows: Row[] = [];
  for (const venue of live.venues) {
    for (const zone of venue.zones) {
      const key = zoneKey(venue.id, zone.id);
      const record = live.zones.get(key) ?? null;
      rows.push(rowOf(live, now, venue, zone, record, byZone.get(key) ?? [], rows.length));
    }
  }
  const frontiers = [...live.frontier.values()];
  const newest = (standing: severity.Standing) =>
    alarms.filter((alarm) => alarm.standing === standing).sort((a, b) => b.at - a.at);
  return {
    now,
    rows,
    counts: countOf(rows),
    open,
    hidden: newest('hidden'),
    cleared: newest('cleared'),
    people: peopleIn(rows),
    dataAgeMs: frontiers.length ? Math.max(0, now - Math.max(...frontiers)) : null,
    spanMinutes: spanMinutes(rows.map((row) => row.history)),
  };
}

export function belongs(row: Row, filter: severity.Severity): boolean {
  return filter === 'no-data' ? !row.hasData : row.severity === filter;
}

// Every word of `text` is found in the zone's name, id, venue, kind, level or severity.
export function matches(row: Row, text: string): boolean {
  const { zone, venue } = row;
  const level = row.letter ? severity.LETTER_WORD[row.letter] : '';
  const words = [
    zone.name,
    zone.id,
    zone.kind,
    venue.name,
    level,
    severity.SEVERITY_WORD[row.severity],
  ]
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));
}

function worseFirst(a: Alarm, b: Alarm): number {
  return severity.priorityRank(b.priority) - severity.priorityRank(a.priority) || b.at - a.at;
}

function alarmOf(live: Live, record: AlarmRecord): Alarm {
  const { view } = record;
  const venue = live.venues.find((candidate) => candidate.id === view.venue_id) ?? null;
  const zone = venue?.zones.find((candidate) => candidate.id === view.zone_id);
  return {
    id: view.alert_id,
    view,
    priority: severity.priorityOf(view),
    standing: severity.standing(view),
    at: record.at,
    raisedAt: record.raisedAt,
    zoneName: zone?.name ?? view.zone_id,
    key: zoneKey(view.venue_id, view.zone_id),
    venue,
  };
}

function rowOf(
  live: Live,
  now: number,
  venue: Venue,
  zone: Zone,
  record: ZoneRecord | null,
  alarms: Alarm[],
  index: number,
): Row {
  const until = record && holdsUntil(live, record);
  const informed = record !== null && isInformed(record.view);
  const hasData = informed && until !== null && now - until <= zone.stale_after_s * 1000;
  // A stale state still carries its last numbers.
  const shown = informed ? record.view : (record?.told?.view ?? record?.view ?? null);
  const end = informed ? until : (record?.told?.end ?? null);
  const density = shown?.density?.at_end ?? null;
  const full = severity.reference(zone);
  const facts: severity.Facts = {
    hasData,
    letter: hasData ? severity.letterOf(shown?.level_of_service) : null,
    load: hasData && density !== null ? density / full : null,
    priority: alarms[0]?.priority ?? null,
  };
  return {
    ...facts,
    key: zoneKey(venue.id, zone.id),
    index,
    venue,
    zone,
    view: record?.view ?? null,
    severity: severity.severity(facts),
    density,
    people: shown?.occupancy?.mean ?? null,
    inflow: hasData ? (shown?.inflow ?? null) : null,
    outflow: hasData ? (shown?.outflow ?? null) : null,
    ageMs: end === null ? null : Math.max(0, now - end),
    degraded: hasData && record.view.quality === 'QUALITY_DEGRADED',
    history: record?.history ?? null,
    direction: hasData ? direction(record.history, full) : null,
    alarms,
  };
}

function peopleIn(rows: Row[]): number | null {
  const known = rows.filter((row) => row.hasData && row.people !== null);
  return known.length ? known.reduce((sum, row) => sum + row.people!, 0) : null;
}

function countOf(rows: Row[]): Record<severity.Severity, number> {
  const counts = { critical: 0, warning: 0, 'no-data': 0, normal: 0 };
  for (const filter of severity.SEVERITIES) {
    counts[filter] = rows.filter((row) => belongs(row, filter)).length;
  }
  return counts;
}
