// Whole screens for when there is nothing to show, each saying why and what to do next.

import type { ComponentChildren } from 'preact';
import type { Severity } from './severity';
import { SeveritySymbol } from './symbols';

interface Props {
  symbol?: Severity | 'lost';
  title: string;
  children: ComponentChildren;
}

function Screen({ symbol, title, children }: Props) {
  return (
    <main class="screen">
      {symbol && <SeveritySymbol severity={symbol} />}
      <h1>{title}</h1>
      {children}
    </main>
  );
}

export const Loading = () => (
  <Screen title="Connecting">
    <p>Waiting for the first picture from {location.host}.</p>
  </Screen>
);

export const Unreachable = ({ reason }: { reason: string | null }) => (
  <Screen symbol="lost" title="The console cannot be reached">
    <p>
      {location.host}: {reason ?? 'no answer yet'}. This page keeps trying by itself.
    </p>
    <p class="quiet">
      Is <code>crowdflow</code> running there? <code>curl {location.origin}/healthz</code> tells.
    </p>
  </Screen>
);

export const NoVenue = ({ version }: { version: string }) => (
  <Screen symbol="no-data" title="No venue yet">
    <p>crowdflow {version} is connected and knows no venue, so there are no zones to show.</p>
    <p class="quiet">
      Start it with a venue file: <code>crowdflow run --config FILE</code>, or look at a simulated
      one: <code>crowdflow demo</code>. This page follows by itself.
    </p>
  </Screen>
);

export const Failed = ({ error }: { error: string }) => (
  <Screen symbol="lost" title="This page has failed">
    <p>Nothing on it can be relied on. The alarms themselves are not affected.</p>
    <p class="quiet">{error}</p>
    <button type="button" onClick={() => location.reload()}>
      Load the page again
    </button>
  </Screen>
);
