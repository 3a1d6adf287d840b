// Put into the glue of the builds with threads. Emscripten waits on the shared memory with Atomics.waitAsync for
// messages between threads, and a wait that never ends keeps that memory from ever being freed: 19 MB for each engine
// that was closed. Without the function it sends messages instead, as in browsers that lack it.
// eslint-disable-next-line no-unused-vars
const Atomics = Object.create(globalThis.Atomics, { waitAsync: { value: undefined } });
