import type { DecisionForm } from './decision-form.js';

export const ALLEGATION: DecisionForm = {
  route: 'allegations',
  title: 'Record an allegation',
  lead: [
    'That somebody is said to have harmed this child. It becomes an entry of your own service, is marked as an allegation for ever, and stays whatever comes of it.',
  ],
  button: 'Record this allegation',
  fields: [
    { name: 'allegation', as: 'text', label: 'What is alleged', missing: 'Say what is alleged' },
    {
      name: 'against',
      as: 'text',
      label: 'Against whom',
      hint: 'As it was said, for example: a member of staff of the school',
      missing: 'Say against whom',
    },
    { name: 'childView', as: 'text', label: 'What the child says of it (optional)' },
  ],
};

export const OUTCOME: DecisionForm = {
  route: 'allegation-outcomes',
  title: 'What came of an allegation',
  lead: [
    'It becomes an entry of its own beside the allegation, which stays. A later outcome takes the place of an earlier one. Nobody is told of it: tell whoever must know.',
  ],
  button: 'Record this outcome',
  fields: [
    {
      name: 'outcome',
      as: 'choice',
      label: 'What came of it',
      items: [
        { value: 'substantiated', text: 'Substantiated', hint: { text: 'There is enough to prove it' } },
        {
          value: 'unsubstantiated',
          text: 'Unsubstantiated',
          hint: { text: 'There is not enough to prove or to disprove it' },
        },
        { value: 'unfounded', text: 'Unfounded', hint: { text: 'Nothing supports it' } },
        {
          value: 'malicious',
          text: 'Malicious',
          hint: { text: 'There is enough to disprove it, and it was meant to deceive' },
        },
      ],
      missing: 'Choose what came of it',
    },
    {
      name: 'withdrawn',
      as: 'yes-or-no',
      label: 'Did whoever made it take it back?',
      items: [
        { value: 'yes', text: 'Yes, they took it back' },
        { value: 'no', text: 'No' },
      ],
      missing: 'Choose whether it was taken back',
    },
    { name: 'reason', as: 'text', label: 'Why', missing: 'Say why' },
  ],
};
