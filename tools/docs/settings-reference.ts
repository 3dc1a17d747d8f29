import { SETTINGS } from '#platform';

/** Every setting, in the order in which they are declared. */
export const settingsReference = (): string =>
  [
    '# Settings',
    '',
    'Read from the environment in one function. One that is absent or empty takes its default.',
    '',
    '| setting | default | what it does |',
    '|---|---|---|',
    ...Object.entries(SETTINGS).map(
      ([name, setting]) => `| \`${name}\` | \`${setting.default}\` | ${setting.description} |`,
    ),
    '',
  ].join('\n');
