import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/**
 * Loaded before a program of the benchmark: it ends when whoever started it is gone, however that went, and takes a
 * CPU profile between two messages.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

let session;
process.on('message', (message) => {
  // What else is asked is for the program.
  if (message.profile === undefined) return;
  void (async () => {
    if (message.profile === 'start') {
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 500 });
      await session.post('Profiler.start');
    } else {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      await writeFile(message.file, JSON.stringify(profile));
    }
    process.send({ answer: message.ask });
  })();
});
process.channel?.unref();
