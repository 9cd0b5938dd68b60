import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { decoratedRoutes } from './route.decorator.js';
import type { Route } from './route.js';

/** The routes that the gateway's own controllers answer: read from the running code. */
@Injectable()
export class DiscoveredRoutes {
  constructor(private readonly discovery: DiscoveryService) {}

  all(): Route[] {
    return this.discovery
      .getControllers()
      .flatMap(({ metatype, instance }) => decoratedRoutes(metatype as Type, instance as object));
  }
}
