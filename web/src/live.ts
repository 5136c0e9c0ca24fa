// What the page knows: a pure reducer over the frames of the live feed and the passing of time.

import { type Instant, elapsed } from './clock';
import { decode } from './decode';
import { type History, extend, fromView } from './history';
import type { AlertView, FeedView, Snapshot, Update, Venue, ZoneView } from './wire';

export const LOST_AFTER_MS = 3_000;
// The engine says each zone every 10 s, and at once when it changed: what is not older than this,
// measured by the venue's own time, still holds.
const REPEAT_MS = 12_000;

export interface ZoneRecord {
  view: ZoneView;
  end: number | null; // ms, window_end
  // The last one whose numbers could be relied on.
  told: { view: ZoneView; end: number } | null;
  history: History | null;
}

export interface AlarmRecord {
  view: AlertView;
  at: number; // ms, of the newest transition
  raisedAt: number | null; // ms; null when this page never saw it open
}

export interface Live {
  link: 'connecting' | 'live' | 'lost';
  heard: Instant | null; // when the last frame came
  now: number; // ms, the console's clock in that frame
  sequence: number; // of that frame; 0: no snapshot yet on this connection
  // Why the connection has to be dropped; null when it need not.
  broken: string | null;
  // Why the last connection ended, in words; null once another has been heard.
  reason: string | null;
  misread: number; // frames that could not be understood, since the page was opened
  lastMisread: string | null; // what was wrong with the last of them
  feed: FeedView;
  version: string;
  venues: Venue[];
  zones: ReadonlyMap<string, ZoneRecord>; // by zoneKey
  alarms: ReadonlyMap<string, AlarmRecord>; // by alert id
  frontier: ReadonlyMap<string, number>; // by venue id: ms, the newest window_end
}

export type Event =
  | { kind: 'connecting' }
  | { kind: 'frame'; text: string; at: Instant }
  | { kind: 'closed'; reason: string }
  | { kind: 'tick'; at: Instant };

export const nothingYet: Live = {
  link: 'connecting',
  heard: null,
  now: 0,
  sequence: 0,
  broken: null,
  reason: null,
  misread: 0,
  lastMisread: null,
  feed: { reachable: true },
  version: '',
  venues: [],
  zones: new Map(),
  alarms: new Map(),
  frontier: new Map(),
};

export const zoneKey = (venueId: string, zoneId: string): string => `${venueId}/${zoneId}`;

export function isInformed(view: ZoneView): boolean {
  return view.quality === 'QUALITY_GOOD' || view.quality === 'QUALITY_DEGRADED';
}

// Until when what the record says holds, ms; null for a zone never heard of.
export function holdsUntil(live: Live, record: ZoneRecord): number | null {
  if (record.end === null) return null;
  const frontier = live.frontier.get(record.view.venue_id) ?? record.end;
  return frontier - record.end <= REPEAT_MS ? Math.max(frontier, record.end) : record.end;
}

// The console's clock at `at`, ms.
export function consoleTime(live: Live, at: Instant): number {
  return live.heard ? live.now + elapsed(live.heard, at) : live.now;
}

export function reduce(live: Live, event: Event): Live {
  switch (event.kind) {
    case 'connecting':
      return { ...live, broken: null, sequence: 0 };
    case 'frame':
      return frame(live, event.text, event.at);
    case 'closed':
      // A connection that comes back within LOST_AFTER_MS is not worth a word.
      return { ...live, link: live.heard ? live.link : 'lost', sequence: 0, reason: event.reason };
    case 'tick':
      if (live.link !== 'live' || !live.heard) return live;
      if (elapsed(live.heard, event.at) <= LOST_AFTER_MS) return live;
      if (live.sequence === 0) return { ...live, link: 'lost' };
      return { ...live, link: 'lost', broken: 'nothing was heard for 3 s' };
  }
}

function frame(live: Live, text: string, at: Instant): Live {
  const decoded = decode(text);
  if (!decoded.ok) {
    const broken = `a frame could not be read: ${decoded.problem}`;
    return { ...live, broken, misread: live.misread + 1, lastMisread: decoded.problem };
  }
  const message = decoded.message;
  if (message.type === 'snapshot') return snapshot(live, message, at);
  if (live.sequence === 0) return { ...live, broken: 'an update came before the snapshot' };
  if (message.sequence !== live.sequence + 1) {
    return { ...live, broken: `frame ${live.sequence + 1} is missing` };
  }
  return update(live, message, at);
}

function snapshot(live: Live, message: Snapshot, at: Instant): Live {
  const histories = new Map(
    message.history.map((view) => [zoneKey(view.venue_id, view.zone_id), fromView(view)]),
  );
  const zones = new Map<string, ZoneRecord>();
  for (const view of message.zones) {
    const key = zoneKey(view.venue_id, view.zone_id);
    zones.set(key, recorded(live.zones.get(key), view, histories.get(key) ?? null));
  }
  const alarms = new Map<string, AlarmRecord>();
  for (const view of message.alerts) {
    alarms.set(view.alert_id, alarmed(live.alarms.get(view.alert_id), view));
  }
  return {
    ...heard(live, message, at),
    version: message.version,
    venues: message.venues,
    zones,
    alarms,
    frontier: moved(new Map(), message.zones),
  };
}

function update(live: Live, message: Update, at: Instant): Live {
  const zones = new Map(live.zones);
  for (const view of message.zones) {
    const key = zoneKey(view.venue_id, view.zone_id);
    const before = zones.get(key);
    zones.set(key, recorded(before, view, before?.history ?? null));
  }
  const alarms = message.alerts.length ? new Map(live.alarms) : live.alarms;
  for (const view of message.alerts) {
    (alarms as Map<string, AlarmRecord>).set(
      view.alert_id,
      alarmed(live.alarms.get(view.alert_id), view),
    );
  }
  const next = {
    ...heard(live, message, at),
    alarms,
    frontier: moved(live.frontier, message.zones),
  };
  for (const [key, record] of zones) {
    const until = holdsUntil(next, record);
    if (until === null) continue;
    const value = isInformed(record.view) ? (record.view.density?.at_end ?? null) : null;
    const history = extend(record.history, until, value);
    if (history !== record.history) zones.set(key, { ...record, history });
  }
  return { ...next, zones };
}

function heard(live: Live, message: Snapshot | Update, at: Instant): Live {
  return {
    ...live,
    link: 'live',
    heard: at,
    now: Date.parse(message.now),
    sequence: message.sequence,
    broken: null,
    reason: null,
    feed: message.feed,
  };
}

function recorded(
  before: ZoneRecord | undefined,
  view: ZoneView,
  history: History | null,
): ZoneRecord {
  const end = view.window_end ? Date.parse(view.window_end) : null;
  const told = isInformed(view) && end !== null ? { view, end } : (before?.told ?? null);
  return { view, end, told, history };
}

function alarmed(before: AlarmRecord | undefined, view: AlertView): AlarmRecord {
  const at = Date.parse(view.event_time);
  const same = before !== undefined && String(before.view.occurrence) === String(view.occurrence);
  const raisedAt = (same ? before.raisedAt : null) ?? (view.condition_active ? at : null);
  return { view, at, raisedAt };
}

function moved(frontier: ReadonlyMap<string, number>, views: ZoneView[]): Map<string, number> {
  const next = new Map(frontier);
  for (const view of views) {
    if (!view.window_end) continue;
    const end = Date.parse(view.window_end);
    next.set(view.venue_id, Math.max(end, next.get(view.venue_id) ?? end));
  }
  return next;
}
