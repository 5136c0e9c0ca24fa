"""Scenes for the page: frames of the console's live feed, made from a few words about each zone."""

import math
import random
from datetime import datetime, timezone

STEP_S = 5
POINTS = 180

WALKWAY = {'name': 'fruin-walkway', 'begins_at': [0.31, 0.43, 0.72, 1.08, 2.17], 'limit': None,
           'source': 'J. J. Fruin, Pedestrian Planning and Design, 1971: walkways'}
STAIRS = {'name': 'fruin-stairs', 'begins_at': [0.54, 0.72, 1.08, 1.54, 2.7], 'limit': None,
          'source': 'J. J. Fruin, Pedestrian Planning and Design, 1971: stairs'}
QUEUE = {'name': 'fruin-queueing', 'begins_at': [0.83, 1.08, 1.54, 3.57, 5.26], 'limit': 4.0,
         'source': 'J. J. Fruin, Pedestrian Planning and Design, 1971: queueing'}

# id, name, kind, area m2, capacity, profile, usual density
ZONES = [
    ('plaza-north', 'North gate plaza', 'queue', 1800, 9000, QUEUE, 0.9),
    ('plaza-south', 'South gate plaza', 'queue', 1600, 8000, QUEUE, 1.0),
    ('plaza-east', 'East gate plaza', 'queue', 950, 4700, QUEUE, 0.7),
    ('turnstiles-north', 'North turnstile hall', 'queue', 320, 1600, QUEUE, 1.2),
    ('turnstiles-south', 'South turnstile hall', 'queue', 340, 1700, QUEUE, 1.3),
    ('corridor-north', 'North corridor', 'walkway', 260, None, WALKWAY, 0.35),
    ('corridor-south', 'South corridor', 'walkway', 260, None, WALKWAY, 0.4),
    ('concourse-west', 'West concourse', 'walkway', 1450, 1800, WALKWAY, 0.3),
    ('concourse-east', 'East concourse', 'walkway', 1450, 1800, WALKWAY, 0.28),
    ('stairs-1', 'Stairs 1, lower tier', 'stairs', 84, None, STAIRS, 0.4),
    ('stairs-2', 'Stairs 2, lower tier', 'stairs', 84, None, STAIRS, 0.35),
    ('stairs-3', 'Stairs 3, upper tier', 'stairs', 96, None, STAIRS, 0.2),
    ('stairs-4', 'Stairs 4, upper tier', 'stairs', 96, None, STAIRS, 0.25),
    ('food-court', 'Food court', 'standing', 720, 1400, QUEUE, 0.8),
    ('fan-shop', 'Fan shop', 'standing', 210, 260, QUEUE, 0.6),
    ('stand-a', 'Stand A', 'seating', 2600, 5200, QUEUE, 0.7),
    ('stand-b', 'Stand B', 'seating', 2600, 5200, QUEUE, 0.6),
    ('stand-c', 'Stand C', 'seating', 2400, 4800, QUEUE, 0.5),
    ('family-area', 'Family area', 'seating', 800, 900, QUEUE, 0.4),
    ('tunnel', 'Players’ tunnel', 'other', 60, 40, WALKWAY, 0.02),
]


def rfc3339(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace('+00:00', 'Z')


def letter(profile, density):
    return 'ABCDEF'[sum(density >= bound for bound in profile['begins_at'])]


class Scene:
    """What one venue, or two, look like at any second. Fields may be changed while it is shown."""

    def __init__(self, *, venues=1, zones=len(ZONES)):
        self.venue_ids = ['harbour-arena', 'station-west'][:venues]
        self.zones = ZONES[:zones]
        self.density = {}    # (venue, zone) -> function of t: people/m2 instead of the usual
        self.quality = {}    # (venue, zone) -> (quality, [reason])
        self.silent = set()  # (venue, zone) of which nothing is said any more
        self.alerts = []
        self.feed = {'reachable': True}

    def venues(self):
        names = {'harbour-arena': 'Harbour Arena', 'station-west': 'Station West'}
        return [{
            'id': venue, 'name': names[venue], 'time_zone': 'Europe/Berlin', 'version': '0' * 16,
            'shortest_window_s': 10,
            'zones': [{'id': zone, 'name': name, 'kind': kind, 'area_m2': area,
                       'capacity': capacity, 'stale_after_s': 10, 'profile': profile, 'polygon': []}
                      for zone, name, kind, area, capacity, profile, _ in self.zones],
            'openings': [{'id': 'gate-1', 'name': 'Gate 1', 'from': 'outside', 'to': 'plaza-south',
                          'width_m': 3.6},
                         {'id': 'door-1', 'name': 'Door 1', 'from': 'plaza-south',
                          'to': 'turnstiles-south', 'width_m': 1.8}],
        } for venue in self.venue_ids]

    def density_at(self, venue, zone, t):
        if (venue, zone[0]) in self.density:
            return self.density[venue, zone[0]](t)
        phase = sum(map(ord, venue + zone[0]))
        swing = 0.16 * math.sin(t / 170 + phase) + 0.07 * math.sin(t / 23 + 2 * phase)
        noise = random.Random(f'{phase} {t // STEP_S}').uniform(-0.04, 0.04)
        return max(0.0, zone[6] * (1 + swing + noise))

    def view(self, venue, zone, t):
        quality, reasons = self.quality.get((venue, zone[0]), ('QUALITY_GOOD', []))
        if reasons == ['QUALITY_REASON_NEVER_HEARD']:
            return {'venue_id': venue, 'zone_id': zone[0], 'quality': quality,
                    'quality_reasons': reasons}
        end = math.floor(t)
        density = self.density_at(venue, zone, t)
        flow = round(density * zone[3] ** 0.5 * 3)
        view = {'venue_id': venue, 'zone_id': zone[0], 'window_start': rfc3339(end - 10),
                'window_end': rfc3339(end), 'revision': 0, 'final': False,
                'inflow': float(flow), 'outflow': float(max(0, flow - 4)),
                'profile': zone[5]['name'],
                'specific_flow': [{'opening_id': 'gate-1', 'people_per_metre_per_minute': 21.4},
                                  {'opening_id': 'door-1', 'people_per_metre_per_minute': 33.0}]
                if zone[0] == 'plaza-south' else [],
                'quality': quality, 'quality_reasons': reasons,
                'level_of_service': 'LEVEL_OF_SERVICE_UNSPECIFIED'}
        if quality != 'QUALITY_UNKNOWN':
            view |= {'occupancy': {'mean': round(density * zone[3])},
                     'density': {'at_end': density, 'mean': density * 0.98,
                                 'maximum': density * 1.04},
                     'level_of_service': f'LEVEL_OF_SERVICE_{letter(zone[5], density)}'}
        return view

    def views(self, t):
        return [self.view(venue, zone, t) for venue in self.venue_ids for zone in self.zones
                if (venue, zone[0]) not in self.silent]

    def history(self, t):
        end = math.floor(t) // STEP_S * STEP_S
        times = [end - STEP_S * back for back in range(POINTS - 1, -1, -1)]
        return [{'venue_id': venue, 'zone_id': zone[0], 'end': rfc3339(end), 'step_s': STEP_S,
                 'density': [round(self.density_at(venue, zone, time), 3) for time in times]}
                for venue in self.venue_ids for zone in self.zones]

    def snapshot(self, t):
        return {'type': 'snapshot', 'now': rfc3339(t), 'feed': self.feed, 'version': '0.1.0',
                'venues': self.venues(), 'zones': self.views(t), 'alerts': self.alerts,
                'history': self.history(t)}

    def update(self, t):
        return {'type': 'update', 'now': rfc3339(t), 'feed': self.feed, 'zones': self.views(t),
                'alerts': self.alerts}

    def raise_alarm(self, zone, priority, value, threshold, t, *, rule='dense', active=True,
                    reason=None, occurrence=1):
        venue = self.venue_ids[0]
        alert_id = f'{venue}/{rule}/{zone}'
        self.alerts = [alert for alert in self.alerts if alert['alert_id'] != alert_id]
        self.alerts.append({
            'alert_id': alert_id, 'occurrence': str(occurrence),
            'sequence': '1' if active else '2', 'rule_id': rule, 'kind': 'ALERT_KIND_DENSITY',
            'venue_id': venue, 'zone_id': zone, 'priority': f'PRIORITY_{priority}',
            'state': 'ALARM_STATE_UNACKNOWLEDGED' if active
                     else 'ALARM_STATE_RETURNED_UNACKNOWLEDGED',
            'condition_active': active, 'value': value, 'threshold': threshold,
            'unit': 'people/m2', 'event_time': rfc3339(t), 'raised_at': rfc3339(t),
            'reason': reason or f'Density {value} people/m2 is over the limit of {threshold}.',
            'quality': 'QUALITY_GOOD', 'rule_version': '0' * 16, 'actor': '', 'comment': ''})


def ramp(start, low, high, seconds):
    """Density that grows from low to high in `seconds` after `start`, in an S."""
    def at(t):
        share = min(1.0, max(0.0, (t - start) / seconds))
        wobble = 0.03 * math.sin(t / 7)
        return (low + (high - low) * share * share * (3 - 2 * share)) * (1 + wobble)
    return at


def surge(now):
    """The south gate is over its limit; what is behind it fills up; one alarm is over already."""
    scene = Scene()
    venue = scene.venue_ids[0]
    scene.density[venue, 'plaza-south'] = ramp(now - 420, 1.0, 4.63, 400)
    scene.density[venue, 'turnstiles-south'] = ramp(now - 300, 1.2, 3.82, 280)
    scene.density[venue, 'corridor-south'] = ramp(now - 200, 0.4, 1.34, 220)
    scene.density[venue, 'stairs-2'] = ramp(now - 120, 0.3, 0.81, 120)
    scene.density[venue, 'concourse-west'] = ramp(now - 260, 0.3, 0.61, 220)
    scene.raise_alarm('plaza-south', 'CRITICAL', 4.02, 4.0, now - 96)
    scene.raise_alarm('turnstiles-south', 'HIGH', 3.51, 3.5, now - 41)
    scene.raise_alarm('corridor-north', 'HIGH', 1.12, 1.3, now - 800, active=False)
    scene.raise_alarm('stairs-1', 'MEDIUM', 0.9, 1.0, now - 1900, active=False)
    return scene


def without_data(now):
    """A silent sensor, a zone that never spoke, and one that holds with a reservation."""
    scene = Scene()
    venue = scene.venue_ids[0]
    scene.quality[venue, 'stairs-3'] = ('QUALITY_STALE', ['QUALITY_REASON_SENSOR_SILENT'])
    scene.quality[venue, 'fan-shop'] = ('QUALITY_UNKNOWN', ['QUALITY_REASON_NEVER_HEARD'])
    scene.quality[venue, 'food-court'] = ('QUALITY_DEGRADED', ['QUALITY_REASON_UNANCHORED'])
    return scene
