// The worker of an exported page: the model generates here, so that the page stays free to answer. It has no threads,
// because a page that is opened from disk cannot share memory.

import { expose } from 'comlink';
import createCore from 'virtual:core-glue';
import wasmBase64 from 'virtual:core-wasm';
import type { Model } from '../engine/core-objects.ts';
import { Engine } from '../engine/engine.ts';
import { generateText, type GeneratedPiece } from '../engine/generate.ts';
import type { CoreModule } from '../engine/generated/core-types.ts';
import { restoredFromInt8 } from '../engine/int8-weights.ts';
import { tokenPieces, type TokenPiece } from '../engine/token-pieces.ts';
import { chooseVariant } from '../engine/variants.ts';
import type { GenerateRequest, GenerationService, WorkerMessage } from '../worker/protocol.ts';
import { Generation } from '../worker/throttle.ts';
import { fromBase64 } from './embedded.ts';

export class ViewerService implements GenerationService {
  #engine: Engine | undefined;
  #model: Model | undefined;
  #generation: Generation<GeneratedPiece> | undefined;

  async open(weights: Blob, int8: boolean): Promise<void> {
    this.#engine = await loadEngine();
    const file = new Uint8Array(await weights.arrayBuffer());
    this.#model = this.#engine.loadModel(int8 ? restoredFromInt8(file) : file);
  }

  async generate({ id, options, prompt }: GenerateRequest): Promise<void> {
    await this.#generation?.end();
    const generation = new Generation<GeneratedPiece>(id, (piece) =>
      postMessage({ event: { type: 'piece', id, piece } } satisfies WorkerMessage),
    );
    this.#generation = generation;
    const { signal } = generation;
    await generation.run(generateText(this.#engine!, this.#model!, options, prompt, { signal }));
  }

  async shown(id: number, pieces: number): Promise<void> {
    if (this.#generation?.id === id) this.#generation.shown(pieces);
  }

  async cancelGeneration(): Promise<void> {
    await this.#generation?.end();
  }

  async tokens(text: string): Promise<TokenPiece[]> {
    return tokenPieces(this.#model!.tokenizer(), text);
  }
}

async function loadEngine(): Promise<Engine> {
  const features = { relaxed: false, threads: false, wide: false };
  const wanted = { variant: 'baseline', threads: 1, reproducible: true } as const;
  // Throws a sentence if WebAssembly or its SIMD is missing.
  const choice = chooseVariant(wanted, { cores: 1 }, features, ['baseline']);
  const packed = new Blob([fromBase64(wasmBase64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const module = await WebAssembly.compile(await new Response(packed).arrayBuffer());
  const core = await new Promise<CoreModule>((resolve, reject) => {
    createCore({
      locateFile: (name) => name,
      printErr: () => undefined,
      instantiateWasm: (imports, receive) => {
        WebAssembly.instantiate(module, imports).then((instance) => receive(instance, module), reject);
        return {};
      },
    }).then(resolve, reject);
  });
  return new Engine(core, choice);
}

expose(new ViewerService());
