// What Node has to be told before it runs the WebAssembly builds: version 20 keeps relaxed SIMD behind a flag.
export const WASM_FLAGS = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
