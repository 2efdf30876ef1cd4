#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it far enough to say what is missing.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `tidecaster needs Node 24 or newer, this is ${process.versions.node}: run it with npm (npm start, npx tidecaster), which brings its own Node`,
  );
  process.exit(2);
}
await import('../src/main.ts');
