import { runAdapter } from '#intake';
import { feeds } from './index.js';

await runAdapter('health-adapter', feeds);
