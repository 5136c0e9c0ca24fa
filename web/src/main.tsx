import { Component, type ComponentChildren, render } from 'preact';
import { App } from './app';
import { wear } from './badge';
import { here } from './clock';
import { Feed, liveAddress } from './feed';
import { type Live, nothingYet } from './live';
import { Failed } from './screens';
import './palette.css';
import './page.css';
import './symbols.css';
import './table.css';
import './side.css';
import './screens.css';

const HIDDEN_MS = 1_000;
const root = document.getElementById('page')!;
root.replaceChildren();

class Boundary extends Component<{ children: ComponentChildren }, { error: string | null }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    this.setState({ error: String(error) });
    wear({ mark: '?', ground: '#5d666f', ink: '#ffffff', title: '? Failed · crowdflow' });
  }

  override render() {
    return this.state.error === null ? this.props.children : <Failed error={this.state.error} />;
  }
}

// Frames come up to four times a second, a screen is drawn at most once per refresh, and a page in
// the background, which only has its title and icon to show, once a second.
let live: Live = nothingYet;
let planned: (() => void) | null = null;
let shownSecond = -1;

function draw(): void {
  planned = null;
  const at = here();
  shownSecond = Math.floor(at.wall / 1000);
  render(
    <Boundary>
      <App live={live} at={at} />
    </Boundary>,
    root,
  );
}

function plan(): void {
  if (planned) return;
  if (document.hidden) {
    const timer = setTimeout(draw, HIDDEN_MS);
    planned = () => clearTimeout(timer);
  } else {
    const frame = requestAnimationFrame(draw);
    planned = () => cancelAnimationFrame(frame);
  }
}

document.addEventListener('visibilitychange', () => {
  planned?.();
  planned = null;
  plan();
});

draw();
new Feed(liveAddress(document.baseURI), (next) => {
  const changed = next !== live || Math.floor(Date.now() / 1000) !== shownSecond;
  live = next;
  if (changed) plan();
});
