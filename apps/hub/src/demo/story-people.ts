import type { SignIn } from './story.js';

/** Who can sign in beside the readers of the shared child, and what each should look for. */
export const STORY_PEOPLE: readonly SignIn[] = [
  {
    login: 'priya-dunmore',
    name: 'Priya Dunmore',
    organisation: 'LOCAL-AUTHORITY-01',
    role: 'social-worker',
    look: 'sees five referrals about Wren Halloran and five allegations called malicious: none of them went away',
  },
  {
    login: 'amy-reed',
    name: 'Amy Reed',
    organisation: 'HEALTH-01',
    role: 'health-visitor',
    look: 'sees that the same child, Jonah Pell, missed three appointments in another town',
  },
  {
    login: 'hester-quill',
    name: 'Hester Quill',
    organisation: 'POLICE-01',
    role: 'ppu-officer',
    look: 'sees where Jonah Pell lives, and of Bea Norcott, who lives in a refuge, everything but where',
  },
];
