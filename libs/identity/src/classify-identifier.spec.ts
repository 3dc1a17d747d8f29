import { checkNhsNumber, checkUpn, classifyIdentifier } from './classify-identifier.js';

describe('checkNhsNumber', () => {
  it.each(['9434765870', '9434765919', '4010232137', '6328797966', '6148595893', '4865447040', '4823917286'])(
    'accepts %s',
    (number) => expect(checkNhsNumber(number)).toEqual({ normal: number, valid: true }),
  );

  it.each([
    ['943-476-5870', '9434765870'],
    ['943 476 5919', '9434765919'],
    ['401 023 2137', '4010232137'],
    [' 401\u00a0023\u20132137\u200b', '4010232137'],
    ['\uff14\uff10\uff11 023 2137', '4010232137'],
  ])('normalises %j', (text, normal) => expect(checkNhsNumber(text)).toEqual({ normal, valid: true }));

  it.each([
    '9434765871',
    '9434765918',
    '4865447041',
    '1234567890',
    '123456789',
    '12345678901',
    'abcdefghij',
    'a4785',
    '',
    ' ',
    '          ',
    '٤٠١٠٢٣٢١٣٧',
  ])('refuses %j', (text) => expect(checkNhsNumber(text).valid).toBe(false));

  it('knows exactly one right last digit, or none where it would be 10', () => {
    for (let serial = 999_000_000; serial < 999_002_200; serial += 1) {
      const right = Array.from({ length: 10 }, (_, digit) => `${serial}${digit}`).filter(
        (n) => checkNhsNumber(n).valid,
      );
      const sum = [...String(serial)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
      expect(right).toHaveLength(sum % 11 === 1 ? 0 : 1);
    }
  });
});

describe('checkUpn', () => {
  it.each(['B801200005001', 'A950000178301', 'Y380260012345', 'P123456789123', 'F98765432123B'])('accepts %s', (upn) =>
    expect(checkUpn(upn)).toEqual({ normal: upn, valid: true, temporary: /[A-Z]$/.test(upn), unknownCode: false }),
  );

  it('normalises case, spaces and hyphens', () => {
    expect(checkUpn(' b801 2000-05001 ')).toMatchObject({ normal: 'B801200005001', valid: true });
  });

  it.each([
    'A801200005001',
    'R247962919251',
    'A123456789123',
    'X98765432123B',
    'B80120000500',
    'B8012000050011',
    'B80120000500I',
    'B8O1200005001',
    'X0000y0000000',
    '',
  ])('refuses %j', (upn) => expect(checkUpn(upn).valid).toBe(false));

  it.each(['UN1', 'UN2', 'UN3', 'UN4', 'UN5', 'un 3'])('knows %s as a code for an unknown number', (code) =>
    expect(checkUpn(code)).toMatchObject({ valid: false, unknownCode: true }),
  );
  it.each(['UN0', 'UN6', 'UN11'])('does not take %s for one', (code) =>
    expect(checkUpn(code)).toMatchObject({ valid: false, unknownCode: false }),
  );
});

describe('classifyIdentifier', () => {
  it('traces what an authoritative feed or a verified payload says', () => {
    const traced = { kind: 'nhs-number', value: '9990000018', status: 'traced' };
    expect(classifyIdentifier('nhs-number', '999 000 0018', { authoritative: true })).toEqual(traced);
    expect(classifyIdentifier('nhs-number', '999-000-0018', { authoritative: false, verifiedByPayload: true })).toEqual(
      traced,
    );
  });

  it('asserts what nobody vouches for', () => {
    expect(classifyIdentifier('upn', 'b801200005001', { authoritative: false })).toEqual({
      kind: 'upn',
      value: 'B801200005001',
      status: 'asserted',
    });
  });

  it.each([
    ['nhs-number', '999 000 0019', '9990000019'],
    ['upn', 'a801200005001', 'A801200005001'],
    ['upn', 'UN1', 'UN1'],
  ] as const)('keeps and flags a wrong %s whatever the status says', (kind, text, value) => {
    expect(classifyIdentifier(kind, text, { authoritative: true, verifiedByPayload: true })).toEqual({
      kind,
      value,
      status: 'wrong-check-digit',
    });
  });
});
