import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';

/** A method that a decorator has marked, bound to its object. */
export interface MarkedMethod<T> {
  /** `OrdersController.create`, for sentences. */
  readonly name: string;
  readonly value: T;
  call(argument: unknown): unknown;
}

/** Finds the methods of this app that carry a decorator's mark: read from the running code. */
@Injectable()
export class MarkedMethods {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** Of controllers and providers alike. */
  with<T>(mark: string): MarkedMethod<T>[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const objects = new Set(wrappers.map(({ instance }): unknown => instance));
    return [...objects].flatMap((object) =>
      typeof object === 'object' && object !== null ? this.of<T>(object, mark) : [],
    );
  }

  private of<T>(object: object, mark: string): MarkedMethod<T>[] {
    const methods = object as Record<string, (argument: unknown) => unknown>;
    return this.scanner
      .getAllMethodNames(Object.getPrototypeOf(object) as object)
      .flatMap((key) => {
        const method = methods[key]!;
        const value = this.reflector.get<T | undefined>(mark, method);
        if (value === undefined) return [];
        const name = `${object.constructor.name}.${key}`;
        return [{ name, value, call: (argument: unknown) => method.call(object, argument) }];
      });
  }
}
