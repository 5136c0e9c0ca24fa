// Frames for the unit tests, built of the few values that a test is about.

import type { Instant } from './clock';
import type { AlertView, Profile, Snapshot, Update, Venue, ZoneView } from './wire';

export const START = Date.parse('2026-11-23T13:00:00Z');
export const time = (s: number) => new Date(START + s * 1000).toISOString();
export const instant = (s: number): Instant => ({ mono: s * 1000, wall: START + s * 1000 });

export const walkway: Profile = {
  name: 'fruin-walkway',
  begins_at: [0.31, 0.43, 0.72, 1.08, 2.17],
  limit: null,
  source: 'Fruin 1971',
};

export function venue(zones: string[], id = 'hall'): Venue {
  return {
    id,
    name: `The ${id}`,
    time_zone: 'Asia/Seoul',
    shortest_window_s: 10,
    zones: zones.map((zone) => ({
      id: zone,
      name: `Zone ${zone}`,
      kind: 'walkway',
      area_m2: 100,
      capacity: null,
      stale_after_s: 10,
      profile: walkway,
    })),
    openings: [],
  };
}

export function zone(
  id: string,
  end: number,
  density: number,
  more: Partial<ZoneView> = {},
): ZoneView {
  return {
    venue_id: 'hall',
    zone_id: id,
    window_start: time(end - 10),
    window_end: time(end),
    occupancy: { mean: density * 100 },
    density: { at_end: density, mean: density, maximum: density },
    level_of_service: `LEVEL_OF_SERVICE_${'ABCDEF'[walkway.begins_at.filter((b) => density >= b).length]}`,
    inflow: 6,
    outflow: 3,
    quality: 'QUALITY_GOOD',
    quality_reasons: [],
    ...more,
  };
}

export const neverHeard = (id: string): ZoneView => ({
  venue_id: 'hall',
  zone_id: id,
  quality: 'QUALITY_UNKNOWN',
  quality_reasons: ['QUALITY_REASON_NEVER_HEARD'],
});

export function alert(id: string, at: number, more: Partial<AlertView> = {}): AlertView {
  return {
    alert_id: `hall/dense/${id}`,
    occurrence: '1',
    venue_id: 'hall',
    zone_id: id,
    rule_id: 'dense',
    priority: 'PRIORITY_CRITICAL',
    state: 'ALARM_STATE_UNACKNOWLEDGED',
    condition_active: true,
    value: 2.3,
    threshold: 2.2,
    unit: 'people/m2',
    event_time: time(at),
    reason: 'Density 2.3 people/m2 is over the limit of 2.2.',
    ...more,
  };
}

export const cleared = (id: string, at: number): AlertView =>
  alert(id, at, { condition_active: false, state: 'ALARM_STATE_RETURNED_UNACKNOWLEDGED' });

export function snapshot(now: number, more: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    sequence: 1,
    now: time(now),
    feed: { reachable: true },
    version: '0.1.0',
    venues: [venue(['a', 'b'])],
    zones: [zone('a', now, 0.2), zone('b', now, 0.5)],
    alerts: [],
    history: [],
    ...more,
  };
}

export function update(now: number, sequence: number, more: Partial<Update> = {}): Update {
  return {
    type: 'update',
    sequence,
    now: time(now),
    feed: { reachable: true },
    zones: [],
    alerts: [],
    ...more,
  };
}
