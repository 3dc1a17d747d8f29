import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { publicFolder } from './folders.js';

export interface Asset {
  /** `/assets/<digest>/<name>`: another content has another address. */
  readonly address: string;
  readonly bytes: Buffer;
  readonly type: string;
}

const require = createRequire(import.meta.url);
const govuk = () => join(dirname(require.resolve('govuk-frontend/package.json')), 'dist/govuk');
const moj = () => join(dirname(require.resolve('@ministryofjustice/frontend/package.json')), 'moj');

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Images of the style sheets that pages may use; the crest is the crown's and stays out. */
const IMAGE = /url\(\/assets\/images\/([a-z-]+\.svg)\)/g;

/**
 * A style sheet of the design system without what belongs to government alone: the typeface GDS Transport is licensed
 * for GOV.UK, others use Arial, and the crest is not ours to show.
 */
export const withoutGovernment = (css: string): string =>
  css
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/"?GDS Transport"?,\s*/g, '')
    .replace(/url\(\/assets\/images\/govuk-crest\.svg\)/g, 'none')
    .replace(/\/\*# sourceMappingURL=.*?\*\//g, '');

const assetOf = (name: string, bytes: Buffer): Asset => {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (type === undefined) throw new Error(`there is no media type for ${name}`);
  return { address: `/assets/${digest}/${name}`, bytes, type };
};

/** Every file that pages load, held in memory: what is not in this list has no address. */
export class Assets {
  private readonly byName = new Map<string, Asset>();
  private readonly byAddress: ReadonlyMap<string, Asset>;

  constructor() {
    this.addSheet('govuk-frontend.css', readFileSync(join(govuk(), 'govuk-frontend.min.css'), 'utf8'));
    this.addSheet('moj-frontend.css', readFileSync(join(moj(), 'moj-frontend.min.css'), 'utf8'));
    for (const name of readdirSync(publicFolder()).sort()) {
      const bytes = readFileSync(join(publicFolder(), name));
      if (name.endsWith('.css')) this.addSheet(name, bytes.toString());
      else this.add(name, bytes);
    }
    this.byAddress = new Map([...this.byName.values()].map((asset) => [asset.address, asset]));
  }

  find(address: string): Asset | undefined {
    return this.byAddress.get(address);
  }

  /** Throws for a name that is not in the list: a page that asks for it is wrong. */
  addressOf(name: string): string {
    const asset = this.byName.get(name);
    if (!asset) throw new Error(`there is no asset ${name}`);
    return asset.address;
  }

  private add(name: string, bytes: Buffer): Asset {
    const asset = this.byName.get(name) ?? assetOf(name, bytes);
    this.byName.set(name, asset);
    return asset;
  }

  private addSheet(name: string, text: string): void {
    const sheet = withoutGovernment(text).replace(IMAGE, (_, image: string) => {
      const { address } = this.add(image, readFileSync(join(moj(), 'assets/images', image)));
      return `url(${address})`;
    });
    this.add(name, Buffer.from(sheet));
  }
}
