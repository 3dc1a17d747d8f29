import { lagsOf } from './lag.js';

describe('the lag of a projection', () => {
  const visible = [
    { visible: 3, at: 110 },
    { visible: 4, at: 130 },
    { visible: 9, at: 135 },
  ];

  it('is from the acknowledgement to the first batch with the event', () => {
    const appended = [
      { position: 5, at: 125 },
      { position: 2, at: 100 },
      { position: 3, at: 104 },
      { position: 4, at: 104 },
    ];
    expect(lagsOf(appended, visible)).toEqual([10, 6, 26, 10]);
  });

  it('is none where the row was visible first', () => {
    expect(lagsOf([{ position: 4, at: 131 }], visible)).toEqual([0]);
  });

  it('is not known of what never became visible', () => {
    expect(() => lagsOf([{ position: 10, at: 1 }], visible)).toThrow('10');
    expect(() => lagsOf([{ position: 1, at: 1 }], [])).toThrow('1');
  });
});
