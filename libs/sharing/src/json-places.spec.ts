import * as fc from 'fast-check';
import { placesIn, positionAt } from './json-places.js';

const TEXT = `{
  "id": "a",
  "permits": [
    { "to": ["x", "y"], "show": {} },
    {
      "to": [ "with \\"quotes\\" and , ] }",
        7 ]
    }
  ],
  "an odd name": {"inner": null}
}`;

describe('the place of something in a text', () => {
  const at = (place: string): string => {
    const { line, column } = placesIn(TEXT)(place);
    return `${line}:${column}`;
  };

  it.each([
    ['$', '1:1'],
    ['$.id', '2:3'],
    ['$.permits', '3:3'],
    ['$.permits[0]', '4:5'],
    ['$.permits[0].to[1]', '4:19'],
    ['$.permits[0].show', '4:25'],
    ['$.permits[1].to', '6:7'],
    ['$.permits[1].to[1]', '7:9'],
    ['$["an odd name"].inner', '10:19'],
  ])('%s is where its name stands, or the element: %s', (place, position) => {
    expect(at(place)).toBe(position);
  });

  it('is that of the nearest thing around it where it is missing', () => {
    expect(at('$.permits[0].readerText')).toBe('4:5');
    expect(at('$.permits[0].show.content[3]')).toBe('4:25');
    expect(at('$.nothing[2]["odd"].more')).toBe('1:1');
    expect(at('$.permits[12]')).toBe('3:3');
    expect(at('$.permits[0]["a.b"]')).toBe('4:5');
    expect(at(`$.permits[0][${JSON.stringify('an "odd" one')}].x`)).toBe('4:5');
  });

  it('is found inside a larger text', () => {
    const body = `{"desk": null,\n "document": {"id":\n7}}`;
    expect(placesIn(body, '$.document')('$.id')).toEqual({ line: 2, column: 15 });
  });

  it('is that of the first of two members with one name', () => {
    expect(placesIn('{"a": 1,\n "a": 2}')('$.a')).toEqual({ line: 1, column: 2 });
  });

  it('is found behind a mark of byte order', () => {
    expect(placesIn('\ufeff{"a": 1}')('$.a')).toEqual({ line: 1, column: 3 });
  });

  it.each([
    ['a member without a value', '{"a": {"b", "c": 1}}', '$.c'],
    ['a member without a name', '{"a": {, "c": 1}}', '$.c'],
    ['a value without a name', '{ : 1}', '$.null'],
    ['a name that cannot be read', '{"a": {"\\x", "c": 1}}', '$.c'],
    ['a value behind such a name', '{"a": {"\\x": 1}, "c": 2}', '$.c'],
    ['another sign than a colon', '{"a"x1, "c": 2}', '$.c'],
    ['another sign than a comma', '{"a": 1 x "c": 2}', '$.c'],
    ['the wrong end of an object', '{"a": [{"b": 1], "c": 2}', '$.c'],
    ['a missing element', '{"a": [, "c": 1}', '$.c'],
    ['another sign in a list', '[1 x "c"]', '$[1]'],
    ['the wrong end of a list', '{"a": {"b": [1}, "c": 2}', '$.c'],
  ])('is not looked for behind what is no JSON: %s', (_, text, place) => {
    expect(placesIn(text)(place)).toEqual({ line: 1, column: 1 });
  });

  it('is the beginning where the text is no JSON', () => {
    expect(placesIn('')('$.x')).toEqual({ line: 1, column: 1 });
    expect(placesIn('{"a" "b"}')('$.c')).toEqual({ line: 1, column: 1 });
    expect(positionAt('a\nbc', 3)).toEqual({ line: 2, column: 2 });
  });

  it('leads to a text that begins with the value, for any JSON', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1 }),
        fc.constantFrom(0, 1, 4),
        (values, indent) => {
          const text = JSON.stringify(values, null, indent);
          const lines = text.split('\n');
          values.forEach((value, index) => {
            const { line, column } = placesIn(text)(`$[${index}]`);
            const rest = [lines[line - 1]!.slice(column - 1), ...lines.slice(line)].join('\n');
            const first = JSON.stringify(value);
            expect(rest.startsWith(first.slice(0, 1))).toBe(true);
            if (typeof value !== 'object') expect(rest.startsWith(first)).toBe(true);
          });
        },
      ),
    );
  });
});
