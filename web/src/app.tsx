import { useEffect, useRef, useState } from 'preact/hooks';
import { AlarmsPanel } from './alarms-panel';
import { changes, summaryOf, type Told } from './announce';
import { badgeOf, wear } from './badge';
import type { Instant } from './clock';
import { Counts } from './counts';
import { DetailPane } from './detail-pane';
import { Header } from './header';
import { Help } from './help';
import { useKeys } from './keyboard';
import { type Live, consoleTime } from './live';
import { type View, look } from './model';
import { type Place, readPlace, writePlace } from './place';
import { Loading, NoVenue, Unreachable } from './screens';
import { overall, noteOf, timeZoneOf } from './words';
import { ZonesTable } from './zones-table';

function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const moved = () => setPlace(readPlace(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  // Filters and closing do not add to the browser's history, opening a zone by its link does.
  const go = (next: Place) => {
    history.replaceState(null, '', writePlace(next));
    setPlace(next);
  };
  return [place, go];
}

function useAnnouncement(live: Live, view: View): string {
  const told = useRef<Told>(new Map());
  const [said, setSaid] = useState('');
  useEffect(() => {
    const news = changes(told.current, view);
    told.current = summaryOf(view);
    if (live.link === 'lost') setSaid('Connection lost.');
    else if (news) setSaid(news);
  });
  return said;
}

// The zone links on the screen, top to bottom.
const links = () => [...document.querySelectorAll<HTMLAnchorElement>('tr.zone th a')];

export function App({ live, at }: { live: Live; at: Instant }) {
  const [place, go] = usePlace();
  const [held, setHeld] = useState<View | null>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const findBox = useRef<HTMLInputElement>(null);

  const view = look(live, consoleTime(live, at));
  const shown = held ?? view;
  const headline = overall(live, view);
  const said = useAnnouncement(live, view);
  const open = shown.rows.find((row) => row.key === place.zone) ?? null;

  useEffect(() => wear(badgeOf(live.heard ? view : null, live.link === 'lost', headline)));
  useEffect(() => {
    const rows = Math.min(28, Math.max(12, shown.rows.length));
    document.documentElement.style.setProperty('--rows', String(rows));
  }, [shown.rows.length]);

  const pause = () => setHeld(held ? null : live.link === 'live' ? view : null);
  const close = () => {
    if (place.zone !== null) go({ ...place, zone: null });
    else if (place.find || place.show) go({ show: null, find: '', zone: null });
    else findBox.current?.blur();
  };
  const move = (to: 'next' | 'previous' | 'first' | 'last') => {
    const all = links();
    const here = all.findIndex((link) => link === document.activeElement);
    const index = { next: here + 1, previous: here - 1, first: 0, last: all.length - 1 }[to];
    const link = all[Math.min(all.length - 1, Math.max(0, index))];
    link?.focus();
    const key = link?.closest('tr')?.dataset.zone;
    if (place.zone !== null && key) go({ ...place, zone: key }); // the detail follows
  };
  useKeys({
    find: () => findBox.current?.select(),
    move,
    close,
    pause,
    help: () => setHelp(true),
  });

  const dialog = help && <Help live={live} onClose={() => setHelp(false)} />;
  if (!live.heard) {
    return (
      <>
        {live.link === 'lost' ? <Unreachable reason={live.reason} /> : <Loading />}
        {dialog}
      </>
    );
  }
  const note = noteOf(live, view, held);
  return (
    <div class="page" data-link={live.link} data-held={held !== null} data-detail={open !== null}>
      <Header
        live={live}
        view={view}
        headline={headline}
        note={note}
        timeZone={timeZoneOf(live.venues)}
        pausedAt={held?.now ?? null}
        onPause={pause}
        onHelp={() => setHelp(true)}
      />
      {live.venues.length === 0 ? (
        <NoVenue version={live.version} />
      ) : (
        <main>
          <Counts view={view} place={place} findBox={findBox} onPlace={go} />
          <ZonesTable
            view={shown}
            place={place}
            current={current}
            onCurrent={setCurrent}
            onShowAll={() => go({ ...place, show: null, find: '' })}
          />
          <div class="side">
            <AlarmsPanel view={view} place={place} />
            {open && (
              <DetailPane
                row={open}
                spanMinutes={shown.spanMinutes}
                onClose={() => go({ ...place, zone: null })}
              />
            )}
          </div>
        </main>
      )}
      <p class="unseen" role="status" aria-live="polite">
        {said}
      </p>
      {dialog}
    </div>
  );
}
