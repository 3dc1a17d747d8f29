import { runAdapter } from '#intake';
import { feeds } from './index.js';

await runAdapter('social-care-adapter', feeds);
