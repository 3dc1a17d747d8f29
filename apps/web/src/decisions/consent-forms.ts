import type { DecisionForm } from './decision-form.js';

const CHILD_VIEW = {
  name: 'childView',
  as: 'text',
  label: 'What the child thinks of it (optional)',
} as const;

const PROCESSING: DecisionForm = {
  route: 'processing-consents',
  title: 'Consent given or withdrawn',
  lead: [
    'Consent to share what your own service recorded. It changes something only where an agreement rests on consent: what is shared because the law asks for it stays as it is.',
    'One record for each person who gives it. A later one takes the place of an earlier one.',
  ],
  button: 'Record this',
  fields: [
    {
      name: 'decision',
      as: 'choice',
      label: 'What was decided',
      items: [
        { value: 'given', text: 'Consent was given' },
        { value: 'withdrawn', text: 'Consent was withdrawn', hint: { text: 'It counts at once' } },
      ],
      missing: 'Choose whether consent was given or withdrawn',
    },
    {
      name: 'by',
      as: 'choice',
      label: 'Who decided it',
      items: [
        { value: 'young-person', text: 'The young person' },
        { value: 'parental-responsibility', text: 'Somebody with parental responsibility' },
      ],
      missing: 'Choose who decided it',
    },
    { name: 'person', as: 'line', label: 'Which person', hint: 'For example: mother', missing: 'Enter which person' },
    {
      name: 'standing',
      as: 'text',
      label: 'Why this person may decide it',
      hint: 'Their capacity, or how they have parental responsibility',
      missing: 'Say why this person may decide it',
    },
    { name: 'courtLimits', as: 'text', label: 'What a court has limited (optional)' },
    { name: 'scope', as: 'text', label: 'What it covers', missing: 'Say what it covers' },
    {
      name: 'told',
      as: 'yes-or-no',
      label: 'Was this person told what is shared, with whom and why?',
      items: [
        { value: 'yes', text: 'Yes' },
        { value: 'no', text: 'No' },
      ],
      missing: 'Choose whether this person was told',
    },
    { name: 'toldReason', as: 'text', label: 'If not, why not (optional)' },
    CHILD_VIEW,
    {
      name: 'until',
      as: 'day',
      label: 'Last day (optional)',
      hint: 'Where consent was given. Without one it holds until something else is recorded',
    },
  ],
};

const HARM: DecisionForm = {
  route: 'significant-harm',
  title: 'Significant harm',
  lead: [
    'Whether your own service suspects that this child suffers significant harm, or is likely to. While it does, what it recorded is shared although the young person does not agree, where an agreement says so. It changes nothing of what other services share.',
  ],
  button: 'Record this',
  fields: [
    {
      name: 'stands',
      as: 'yes-or-no',
      label: 'Does your service suspect significant harm?',
      items: [
        { value: 'yes', text: 'Yes, it does' },
        { value: 'no', text: 'No, not any longer', hint: { text: 'What the young person decided holds again' } },
      ],
      missing: 'Choose whether your service suspects significant harm',
    },
    {
      name: 'reason',
      as: 'text',
      label: 'Why',
      hint: 'Your own organisation can read this',
      missing: 'Say why',
    },
  ],
};

const WORKING: DecisionForm = {
  route: 'working-agreements',
  title: 'Agreement to work with services',
  lead: [
    'Whether the family agrees to work with services. It becomes an entry of the chronology, which others see as an agreement allows. It opens and closes nothing: a refusal is no refusal of sharing.',
  ],
  button: 'Record this',
  fields: [
    {
      name: 'agrees',
      as: 'yes-or-no',
      label: 'Does the family agree to work with services?',
      items: [
        { value: 'yes', text: 'Yes, they agree' },
        { value: 'no', text: 'No, they do not agree' },
      ],
      missing: 'Choose whether the family agrees',
    },
    {
      name: 'decidedBy',
      as: 'line',
      label: 'Who decided it',
      hint: 'For example: father',
      missing: 'Enter who decided it',
    },
    { name: 'reason', as: 'text', label: 'Why (optional)' },
    CHILD_VIEW,
  ],
};

/** What a service records of consent, by the last part of its page's address. */
export const CONSENT_FORMS: Readonly<Record<string, DecisionForm>> = {
  processing: PROCESSING,
  'significant-harm': HARM,
  'working-agreement': WORKING,
};
