// Open alarms, worst first; below them, quieter, what is over.

import * as format from './format';
import type { Alarm, View } from './model';
import { type Place, writePlace } from './place';
import { PRIORITY_WORD, PrioritySymbol, SeveritySymbol } from './symbols';
import { hiddenWord } from './severity';
import { reasonBeside } from './words';

const MOST_CLEARED = 20;

export function AlarmsPanel({ view, place }: { view: View; place: Place }) {
  const blind = new Set(view.rows.filter((row) => !row.hasData).map((row) => row.key));
  const href = (alarm: Alarm) => writePlace({ ...place, zone: alarm.key });
  return (
    <section class="alarms" aria-labelledby="alarms-title">
      <h2 id="alarms-title">
        Open alarms <span class="tally">{view.open.length}</span>
      </h2>
      <div class="alarms-scroll">
        {view.open.length === 0 && (
          <p class="none">
            <SeveritySymbol severity="normal" /> No alarm is open.
          </p>
        )}
        <ul class="open-alarms">
          {view.open.map((alarm) => (
            <OpenAlarm
              key={alarm.id}
              alarm={alarm}
              now={view.now}
              blind={blind.has(alarm.key)}
              href={href(alarm)}
            />
          ))}
        </ul>
        <QuietList title="Hidden" alarms={view.hidden} href={href} />
        <QuietList
          title="Recently cleared"
          alarms={view.cleared.slice(0, MOST_CLEARED)}
          href={href}
        />
      </div>
    </section>
  );
}

interface OpenAlarmProps {
  alarm: Alarm;
  now: number;
  blind: boolean;
  href: string;
}

function OpenAlarm({ alarm, now, blind, href }: OpenAlarmProps) {
  const since = alarm.raisedAt ?? alarm.at;
  return (
    <li class={`alarm is-${alarm.priority}`}>
      <a href={href}>
        <PrioritySymbol priority={alarm.priority} />
        <div>
          <p class="alarm-name">
            <strong>{alarm.zoneName}</strong>
            <span class="alarm-priority">{PRIORITY_WORD[alarm.priority]}</span>
          </p>
          <p>{reasonBeside(alarm.zoneName, alarm.view.reason)}</p>
          {blind && <p class="alarm-blind">No data from this zone now.</p>}
          <p class="alarm-since">
            Since <time>{clock(alarm, since)}</time> · {format.age(Math.max(0, now - since))}
          </p>
        </div>
      </a>
    </li>
  );
}

interface QuietListProps {
  title: string;
  alarms: Alarm[];
  href: (alarm: Alarm) => string;
}

function QuietList({ title, alarms, href }: QuietListProps) {
  if (alarms.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="quiet-alarms">
        {alarms.map((alarm) => (
          <li key={alarm.id}>
            <time>{clock(alarm, alarm.at)}</time>
            <a href={href(alarm)} title={reasonBeside(alarm.zoneName, alarm.view.reason)}>
              {alarm.zoneName}
            </a>
            <span class="lasted">{ending(alarm)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function ending(alarm: Alarm): string {
  if (alarm.standing === 'hidden') return hiddenWord(alarm.view);
  const word = PRIORITY_WORD[alarm.priority].toLowerCase();
  return alarm.raisedAt === null ? word : `${word}, ${format.age(alarm.at - alarm.raisedAt)}`;
}

const clock = (alarm: Alarm, ms: number) => format.clockTime(ms, alarm.venue?.time_zone ?? 'UTC');
