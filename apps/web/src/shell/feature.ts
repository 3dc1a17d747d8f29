import type { Provider, Type } from '@nestjs/common';

/** What a folder of pages adds to the module. */
export interface Feature {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}
