import { Assets, withoutGovernment } from './assets.js';

const assets = new Assets();
const sheet = (name: string): string => assets.find(assets.addressOf(name))?.bytes.toString() ?? '';

describe('assets', () => {
  it('have an address for their content, and no other', () => {
    const address = assets.addressOf('sightline.css');
    expect(address).toMatch(/^\/assets\/[0-9a-f]{16}\/sightline\.css$/);
    expect(assets.find(address)?.type).toBe('text/css; charset=utf-8');
    for (const other of ['/assets/0/sightline.css', `${address}?x`, '/assets/../package.json', '']) {
      expect(assets.find(other)).toBeUndefined();
    }
    expect(() => assets.addressOf('nothing.css')).toThrow(/nothing\.css/);
  });

  it.each(['govuk-frontend.css', 'moj-frontend.css', 'sightline.css'])('%s loads only what is served', (name) => {
    const css = sheet(name);
    expect(css.length).toBeGreaterThan(500);
    expect(
      /GDS Transport|@font-face|govuk-crest|sourceMappingURL|@import|url\(["']?(https?:|\/\/)/.exec(css),
    ).toBeNull();
    for (const [, address = ''] of css.matchAll(/url\(([^)]*)\)/g))
      expect(assets.find(address)?.type).toBe('image/svg+xml');
  });

  it('leave the rest of a style sheet as it is', () => {
    expect(
      withoutGovernment(
        '@font-face{font-family:GDS Transport;src:url(x)}a{font-family:GDS Transport,arial,sans-serif}',
      ),
    ).toBe('a{font-family:arial,sans-serif}');
    expect(withoutGovernment('a{font-family:"GDS Transport", arial}')).toBe('a{font-family:arial}');
  });
});
