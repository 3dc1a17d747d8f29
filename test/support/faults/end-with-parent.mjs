/** Loaded before a process of a test: it ends when whoever started it is gone, however that went. */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref?.();
