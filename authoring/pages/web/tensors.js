// Tensors as a runtime has them: `data`, a typed array, and `dims`, the length of each dimension.

const KINDS = { F32: Float32Array, U8: Uint8Array, I64: BigInt64Array };

// Everything in a file of safetensors, by name: eight bytes with the length of a header in JSON,
// the header, which says where each tensor lies, and their bytes.
export function parsed(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true)), begin = 8 + length;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  return Object.fromEntries(Object.entries(header).map(([name, { dtype, shape, data_offsets }]) => {
    const [from, to] = data_offsets.map((offset) => begin + offset);
    return [name, { data: new KINDS[dtype](buffer.slice(from, to)), dims: shape }];
  }));
}

// Rows of numbers as one tensor (rows, width).
export const stack = (rows) => ({
  data: Float32Array.from(rows.flatMap((row) => [...row])), dims: [rows.length, rows[0].length] });

// Of a tensor (N, ...) those from `begin` to before `end`.
export function part({ data, dims: [n, ...rest] }, begin, end = begin + 1) {
  const size = data.length / n;
  return { data: data.slice(begin * size, end * size), dims: [end - begin, ...rest] };
}

// Tensors (N, ...) one after the other.
export function concat(tensors) {
  const data = new Float32Array(tensors.reduce((sum, each) => sum + each.data.length, 0));
  let at = 0;
  for (const each of tensors) { data.set(each.data, at); at += each.data.length; }
  const n = tensors.reduce((sum, each) => sum + each.dims[0], 0);
  return { data, dims: [n, ...tensors[0].dims.slice(1)] };
}

export const map = ({ data, dims }, change) => ({ data: Float32Array.from(data, change), dims });

// The mean of a function of the two values at each place of two tensors of one shape.
export const mean = (one, other, value) =>
  one.data.reduce((sum, each, i) => sum + value(each, other.data[i]), 0) / one.data.length;

// How far apart two images are, as a share of their range.
export const apart = (one, other) => mean(one, other, (a, b) => Math.abs(a - b)) / 2;

// The place of the highest number in each row of (N, K).
export function highest({ data, dims: [n, k] }) {
  return Array.from({ length: n }, (_, i) => {
    const row = data.slice(i * k, (i + 1) * k);
    return row.indexOf(row.reduce((most, each) => Math.max(most, each)));
  });
}

// Images that were stored in bytes, in [-1, 1].
export const images = (stored) => map(stored, (byte) => byte / 127.5 - 1);
