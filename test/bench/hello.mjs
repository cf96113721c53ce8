import { http } from '@google-cloud/functions-framework';

// The least that functions-framework can serve: what it costs by itself.
http('hello', (_request, response) => void response.status(200).send('hello'));
