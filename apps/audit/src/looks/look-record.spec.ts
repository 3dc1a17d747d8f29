import { decodeLookRecord, encodeLookRecord, type LookRecord } from './look-record.js';

/** As it was written first; it is read for ever. */
const WRITTEN =
  '{"about":["0123456789abcdef0123456789abcdef","fedcba9876543210fedcba9876543210"],"asked":{"at":"2026-03-01T12:00:00.000Z",' +
  '"purpose":"SAFEGUARDING","viewer":["fedcba9876543210fedcba9876543210"]},"at":"2026-03-02T09:00:00.000Z",' +
  '"lookId":"11111111-2222-4333-8444-555555555555","shown":{"count":0,' +
  '"sha256":"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"},"v":1,"viewer":{"posts":[{"organisation":' +
  '"PARTNERSHIP-01","role":"auditor","service":"audit","team":null}],"staff":["00000000000000000000000000000000"]},"what":"replay"}';

describe('the record of a look', () => {
  it('is read as it was written, and written the same again', () => {
    const record = decodeLookRecord(new TextEncoder().encode(WRITTEN));
    expect(record.asked.viewer).toEqual(['fedcba9876543210fedcba9876543210']);
    expect(new TextDecoder().decode(encodeLookRecord(record))).toBe(WRITTEN);
  });

  it('of a later version is refused', () => {
    const later = { ...(JSON.parse(WRITTEN) as LookRecord), v: 2 } as unknown as LookRecord;
    expect(() => decodeLookRecord(encodeLookRecord(later))).toThrow(RangeError);
  });
});
