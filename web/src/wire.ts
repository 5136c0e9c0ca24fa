// What the console says over WebSocket /api/v1/live: JSON, names as in the contract
// (proto/crowdflow/v1), times in RFC 3339 UTC. decode.ts checks that a frame is one of these.

export type Letter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

export type Quality =
  'QUALITY_UNSPECIFIED' | 'QUALITY_GOOD' | 'QUALITY_DEGRADED' | 'QUALITY_STALE' | 'QUALITY_UNKNOWN';

export interface Profile {
  name: string;
  // People per square metre at which B, C, D, E and F begin.
  begins_at: number[];
  // People per square metre that the zone should never pass.
  limit: number | null;
  source: string;
}

export interface Zone {
  id: string;
  name: string;
  kind: string;
  area_m2: number;
  capacity: number | null;
  // Its newest state says nothing about the present once it is older than this.
  stale_after_s: number;
  profile: Profile;
}

export interface Opening {
  id: string;
  name: string;
  // A zone's id, or "outside".
  from: string;
  to: string;
  width_m: number | null;
}

export interface Venue {
  id: string;
  name: string;
  // IANA name, e.g. Asia/Seoul.
  time_zone: string;
  shortest_window_s: number;
  zones: Zone[];
  openings: Opening[];
}

// The newest live state of the zone's shortest window. A zone never heard of has no times.
export interface ZoneView {
  venue_id: string;
  zone_id: string;
  window_start?: string;
  window_end?: string;
  occupancy?: { mean: number };
  density?: { at_end: number; mean: number; maximum: number };
  level_of_service?: string;
  inflow?: number;
  outflow?: number;
  specific_flow?: { opening_id: string; people_per_metre_per_minute: number }[];
  quality: Quality;
  quality_reasons: string[];
}

// The newest transition of one alarm.
export interface AlertView {
  alert_id: string;
  // 64-bit numbers are text in proto3 JSON.
  occurrence: string;
  venue_id: string;
  zone_id: string;
  rule_id: string;
  priority: string;
  state: string;
  condition_active: boolean;
  value: number;
  threshold: number;
  unit: string;
  event_time: string;
  reason: string;
}

export interface HistoryView {
  venue_id: string;
  zone_id: string;
  // Of the last point.
  end: string;
  step_s: number;
  // People per square metre, oldest first; null is not known.
  density: (number | null)[];
}

// The console's own connection to the log.
export interface FeedView {
  reachable: boolean;
  reason?: string;
}

export interface Snapshot {
  type: 'snapshot';
  sequence: number;
  now: string;
  feed: FeedView;
  version: string;
  venues: Venue[];
  zones: ZoneView[];
  alerts: AlertView[];
  history: HistoryView[];
}

export interface Update {
  type: 'update';
  sequence: number;
  now: string;
  feed: FeedView;
  zones: ZoneView[];
  alerts: AlertView[];
}

export type Message = Snapshot | Update;
