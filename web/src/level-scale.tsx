// The zone's profile as a scale from A to F, with the present density on it. All steps are equally
// wide, so that their bounds can be read; only the present one is filled.

import * as format from './format';
import type { Letter, Profile } from './wire';

const LETTERS: Letter[] = ['A', 'B', 'C', 'D', 'E', 'F'];

// Share of the scale's width at `density`; F, which has no end, is drawn as wide as half its start.
export function placeOnScale(bounds: readonly number[], density: number): number {
  const edges = [0, ...bounds, (bounds.at(-1) ?? 1) * 1.5];
  const step = Math.min(LETTERS.length - 1, bounds.filter((bound) => density >= bound).length);
  const from = edges[step]!;
  const inside = Math.min(1, Math.max(0, density - from) / (edges[step + 1]! - from || 1));
  return (step + inside) / LETTERS.length;
}

interface Props {
  profile: Profile;
  density: number | null;
  letter: Letter | null;
}

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

export function LevelScale({ profile, density, letter }: Props) {
  return (
    <div class="scale">
      <div class="scale-bar">
        {LETTERS.map((step) => (
          <span key={step} class={step === letter ? `step step-${step}` : 'step'}>
            {step}
          </span>
        ))}
        {density !== null && (
          <i
            class="scale-now"
            style={{ left: percent(placeOnScale(profile.begins_at, density)) }}
          />
        )}
      </div>
      <div class="scale-bounds">
        {profile.begins_at.map((bound, index) => (
          <span key={index} style={{ left: percent((index + 1) / LETTERS.length) }}>
            {format.plain(bound)}
          </span>
        ))}
      </div>
    </div>
  );
}
