// Random numbers that are a function of whole numbers, their key.

// Numbers in [0, 1): mulberry32, whose state begins with the key, well mixed.
export function uniform(...key) {
  let state = key.reduce((mixed, part) => Math.imul(mixed ^ (part + 1), 0x9e3779b1) >>> 0, 1);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

// `n` numbers from the standard normal distribution, by Box and Muller's formula.
export function normals(n, ...key) {
  const draw = uniform(...key);
  return Float64Array.from({ length: n }, () =>
    Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()));
}
