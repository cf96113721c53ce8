import { expect, it } from 'vitest';
import { inContainer, inTemplate, ofService } from '../../shared/remedy/permanence.ts';
import { serviceName } from '../builders/evidence.ts';

it('is written in the words of gcloud and of Terraform, whose names have no hyphens', () => {
  expect(ofService(serviceName('shop-front-2'), '--min=1', inTemplate('timeout = "60s"'))).toEqual({
    gcloud: 'gcloud run services update shop-front-2 --project=acme-staging --region=us-central1 --min=1',
    terraform: `resource "google_cloud_run_v2_service" "shop_front_2" {
  template {
    timeout = "60s"
  }
}`,
  });
});

it('stands in the container where it is of one', () => {
  expect(inContainer('a {\n  b = 1\n}')).toBe('template {\n  containers {\n    a {\n      b = 1\n    }\n  }\n}');
});
