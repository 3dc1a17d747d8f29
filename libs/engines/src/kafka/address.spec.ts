import { brokersOf } from './address.js';

describe('brokersOf', () => {
  it.each<[string, string[]]>([
    ['kafka://127.0.0.1:9092', ['127.0.0.1:9092']],
    ['kafka://one.example:9092,[::1]:9093/', ['one.example:9092', '[::1]:9093']],
  ])('reads %s', (url, brokers) => {
    expect(brokersOf(url)).toEqual(brokers);
  });

  it.each(['', 'kafka://', 'kafka://one', 'kafka://one:0', 'kafka://one:65536', 'kafka://one:1,', 'kafka://u:p@one:1'])(
    'refuses %p and does not repeat it',
    (url) => {
      expect(() => brokersOf(url)).toThrow('BUS_URL is no kafka://host:port with further ,host:port.');
    },
  );
});
