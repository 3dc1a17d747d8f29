import { runAdapter } from '#intake';
import { feeds } from './index.js';

await runAdapter('education-adapter', feeds);
