import { newTrace, traceOf, traceOfHeader } from './trace.js';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('trace', () => {
  it('takes a valid traceparent', () => {
    expect(traceOfHeader(`00-${ID}-00f067aa0ba902b7-01`)).toBe(ID);
  });

  it.each([
    undefined,
    '',
    ID,
    `00-${ID.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
    `ff-${ID}-00f067aa0ba902b7-01`,
    `00-${ID}-00f067aa0ba902b7-01\n`,
    `00-${ID}-00f067aa0ba902b7-01, 00-${ID}-00f067aa0ba902b7-01`,
    [`00-${ID}-00f067aa0ba902b7-01`],
  ])('does not take %j', (header) => {
    expect(traceOfHeader(header)).toBeUndefined();
  });

  it('gives a request one trace for good, and every request another', () => {
    const request = { headers: {} };
    expect(traceOf(request)).toMatch(/^[0-9a-f]{32}$/);
    expect(traceOf(request)).toBe(traceOf(request));
    expect(traceOf({ headers: {} })).not.toBe(traceOf(request));
    expect(traceOf({ headers: { traceparent: `00-${ID}-00f067aa0ba902b7-01` } })).toBe(ID);
    expect(newTrace()).not.toBe(newTrace());
  });
});
