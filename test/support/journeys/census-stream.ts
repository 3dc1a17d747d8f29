import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A census of n children as it would come over a slow line: made while it is sent, never whole in memory. */
export const censusStream = (children: number, name = 'STREAM'): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    start: (controller) =>
      controller.enqueue(
        encoder.encode(
          '<?xml version="1.0" encoding="utf-8"?><Message><Header><CollectionDetails><Collection>CIN</Collection>' +
            '</CollectionDetails><Source><LEA>975</LEA><DateTime>2025-07-21T10:12:28Z</DateTime></Source></Header><Children>',
        ),
      ),
    pull: (controller) => {
      if (sent === children) {
        controller.enqueue(encoder.encode('</Children></Message>'));
        controller.close();
        return;
      }
      const until = Math.min(sent + 50, children);
      let piece = '';
      for (; sent < until; sent += 1) piece += childXml(`${name}${sent}`, sent);
      controller.enqueue(encoder.encode(piece));
    },
  });
};

const childXml = (id: string, n: number): string =>
  `<Child><ChildIdentifiers><LAchildID>${id}</LAchildID><PersonBirthDate>2012-0${1 + (n % 9)}-11</PersonBirthDate>` +
  `<GenderCurrent>${1 + (n % 2)}</GenderCurrent></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity>` +
  `</ChildCharacteristics><CINdetails><CINreferralDate>2024-0${1 + (n % 9)}-12</CINreferralDate>` +
  `<ReferralSource>4</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>0</ReferralNFA></CINdetails></Child>`;

/** Collects what is garbage, as far as the engine lets itself be told. */
const collect = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

/**
 * Watches this process's memory, less what is garbage; the returned function stops and gives the growth in bytes at
 * its highest.
 */
export const watchMemory = (): (() => number) => {
  const measure = (): number => {
    collect();
    return process.memoryUsage().rss;
  };
  const before = measure();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, measure());
  }, 500);
  return () => {
    clearInterval(timer);
    return Math.max(highest, measure()) - before;
  };
};
