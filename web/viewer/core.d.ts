// The core's files, which the build puts into the page (vite-plugins.ts).

declare module 'virtual:core-glue' {
  import type { CoreModule } from '../engine/generated/core-types.ts';
  export default function createCore(settings: {
    locateFile: (name: string) => string;
    printErr: (text: string) => void;
    instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
  }): Promise<CoreModule>;
}

declare module 'virtual:core-wasm' {
  /** Compressed with gzip, in base64. */
  const base64: string;
  export default base64;
}
