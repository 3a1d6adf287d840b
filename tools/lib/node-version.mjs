// The oldest Node that the packages run on. Imported first, and written so that older ones can read it.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`mini-llm: This is Node ${process.versions.node}; install Node 20.19 or newer.\n`);
  process.exit(1);
}
