// Ways between two latent vectors, and the circle through them: the course's `interpolation`.

const NARROW = 1e-4; // below this sine of their angle two directions count as one

export const dot = (one, other) => one.reduce((sum, each, i) => sum + each * other[i], 0);
export const length = (z) => Math.sqrt(dot(z, z));
export const scaled = (z, by) => z.map((each) => by * each);
export const added = (...all) => all[0].map((_, i) => all.reduce((sum, z) => sum + z[i], 0));

// The angle between two vectors.
export const angle = (a, b) =>
  Math.acos(Math.max(-1, Math.min(1, dot(a, b) / (length(a) * length(b)))));

export const lerp = (a, b, t) => added(scaled(a, 1 - t), scaled(b, t));

// From a to b on the arc between them; one vector twice has no arc.
export function slerp(a, b, t) {
  const turn = angle(a, b), sine = Math.sin(turn);
  if (sine < NARROW) return lerp(a, b, t);
  return added(scaled(a, Math.sin((1 - t) * turn) / sine), scaled(b, Math.sin(t * turn) / sine));
}

// The place at an angle on the circle that starts at a and heads for b, or through a fixed
// perpendicular where b lies along a.
export function circle(a, b, at) {
  const unit = scaled(a, 1 / length(a)), across = (z) => added(z, scaled(unit, -dot(z, unit)));
  let aside = across(b);
  if (length(aside) <= NARROW * length(b)) {
    const sizes = unit.map(Math.abs), least = sizes.indexOf(Math.min(...sizes));
    aside = across(unit.map((_, i) => Number(i === least)));
  }
  return added(scaled(a, Math.cos(at)), scaled(aside, Math.sin(at) * length(a) / length(aside)));
}
