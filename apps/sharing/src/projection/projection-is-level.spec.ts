import { projectionIsLevel } from './projection-is-level.js';

const at = (place: { position: number; head: number }) =>
  projectionIsLevel({ query: async () => ({ rows: [{ position: String(place.position) }] }) } as never, {
    head: async () => ({ store: 's', position: place.head, eventId: 'e' }),
  });

describe('a projection', () => {
  it('is level once it stands where the store stood when it was first asked, and stays so', async () => {
    const place = { position: 3, head: 10 };
    const isLevel = at(place);
    expect(await isLevel()).toBe(false);
    Object.assign(place, { position: 9, head: 20 });
    expect(await isLevel()).toBe(false);
    Object.assign(place, { position: 10 });
    expect(await isLevel()).toBe(true);
    Object.assign(place, { position: 11, head: 500 });
    expect(await isLevel()).toBe(true);
  });

  it('that does not exist yet is not level', async () => {
    const isLevel = projectionIsLevel({ query: async () => ({ rows: [] }) } as never, { head: async () => null });
    expect(await isLevel()).toBe(false);
  });
});
