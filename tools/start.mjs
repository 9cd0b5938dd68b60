/** `npm start`: everything on this machine with one command. See `npm start -- --help`. */

const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Courtside needs Node 20.19 or newer and this is ${process.version}: run \`npx -p node@24 -- node tools/start.mjs\`.`,
  );
  process.exitCode = 1;
} else {
  // Imported late: an older Node would stumble over these files before it could say so.
  const { main } = await import('./local/main.mjs');
  process.exitCode = await main(process.argv.slice(2));
}
