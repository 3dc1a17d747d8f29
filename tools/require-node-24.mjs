const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Sightline runs on Node 24, which "npm ci" puts in front for npm scripts; this is ${process.version}.\n` +
      'Run it through npm, without --omit=optional: for instance "npm run demo".\n',
  );
  process.exit(1);
}
