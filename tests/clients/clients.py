"""Python's clients against the server in $LLAMA_TEST_SERVER: every answer is checked by the client's own models."""

import os
import urllib.request

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import anthropic
import litellm
import openai
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

URL = os.environ["LLAMA_TEST_SERVER"]
MODEL = "default-model"
MESSAGES = [{"role": "user", "content": "What do plants need?"}]
GREEDY = {"temperature": 0, "max_tokens": 10}


def valid(answer):
    """The clients do not check what they read; pydantic does."""
    return type(answer).model_validate(answer.model_dump(warnings=False), strict=True)


def test_openai():
    client = openai.OpenAI(base_url=f"{URL}/v1", api_key="secret", max_retries=0)
    chat = client.chat.completions.create(model=MODEL, messages=MESSAGES, logprobs=True, top_logprobs=2, n=2, **GREEDY)
    assert isinstance(valid(chat), ChatCompletion)
    text = chat.choices[0].message.content
    joined = b"".join(bytes(token.bytes) for token in chat.choices[0].logprobs.content)
    assert joined.decode() == text, (joined, text)
    parts = []
    options = {"stream": True, "stream_options": {"include_usage": True}}
    for chunk in client.chat.completions.create(model=MODEL, messages=MESSAGES, **options, **GREEDY):
        assert isinstance(valid(chunk), ChatCompletionChunk)
        parts += [choice.delta.content or "" for choice in chunk.choices]
    assert "".join(parts) == text
    assert chunk.usage.completion_tokens == 10
    plain = client.completions.create(model=MODEL, prompt="The sea", logprobs=1, **GREEDY)
    assert isinstance(valid(plain), Completion)
    parts = [chunk.choices[0].text for chunk in client.completions.create(model=MODEL, prompt="The sea", stream=True, **GREEDY)]
    assert "".join(parts) == plain.choices[0].text
    response = client.responses.create(model=MODEL, input=MESSAGES[0]["content"], temperature=0, max_output_tokens=10)
    assert isinstance(valid(response), Response) and response.output_text == text
    # The helper knows no response that meets its length.
    with client.responses.stream(model=MODEL, input=MESSAGES[0]["content"], temperature=0) as stream:
        assert stream.get_final_response().output_text.startswith(text)
    assert [model.id for model in client.models.list()] == [MODEL]
    for wrong, kind in (
        ({"model": "gpt-4o"}, openai.NotFoundError),
        ({"messages": []}, openai.BadRequestError),
        ({"messages": [{"role": "user", "content": "word " * 3000}]}, openai.BadRequestError),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, openai.BadRequestError),
    ):
        try:
            client.chat.completions.create(**{"model": MODEL, "messages": MESSAGES, **wrong})
        except kind as error:
            assert error.request_id.startswith("req_") and error.body["message"], error
        else:
            raise AssertionError(wrong)
    return text


def test_anthropic(text):
    # Newer versions of the client have no argument for the temperature.
    options = {"max_tokens": GREEDY["max_tokens"], "extra_body": {"temperature": 0}}
    client = anthropic.Anthropic(base_url=URL, api_key="secret", max_retries=0)
    message = client.messages.create(model=MODEL, messages=MESSAGES, **options)
    assert valid(message).content[0].text == text
    with client.messages.stream(model=MODEL, messages=MESSAGES, **options) as stream:
        final = stream.get_final_message()
    assert final.content[0].text == text and final.usage.output_tokens == message.usage.output_tokens
    assert client.messages.count_tokens(model=MODEL, messages=MESSAGES).input_tokens > 5
    try:
        client.messages.create(model=MODEL, messages=[], **options)
    except anthropic.BadRequestError as error:
        assert error.body["error"]["type"] == "invalid_request_error"
    else:
        raise AssertionError("an empty list is accepted")


def test_litellm(text):
    options = {"model": f"openai/{MODEL}", "messages": MESSAGES, "api_base": f"{URL}/v1", "api_key": "secret", **GREEDY}
    assert litellm.completion(**options).choices[0].message.content == text
    parts = [chunk.choices[0].delta.content or "" for chunk in litellm.completion(**options, stream=True)]
    assert "".join(parts) == text
    try:
        litellm.completion(**{**options, "messages": [{"role": "user", "content": "word " * 3000}]})
    except litellm.ContextWindowExceededError:
        pass
    else:
        raise AssertionError("too long a prompt is accepted")


def test_metrics():
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
        from prometheus_client.parser import text_string_to_metric_families as plain
    except ImportError:
        print("no prometheus-client: metrics are not checked")
        return
    for accept, parse in (("text/plain", plain), ("application/openmetrics-text", openmetrics)):
        request = urllib.request.Request(f"{URL}/metrics", headers={"accept": accept, "authorization": "Bearer secret"})
        names = {family.name for family in parse(urllib.request.urlopen(request).read().decode())}
        assert {"llama_requests", "llama_slots", "llama_time_to_first_token_seconds"} <= names, names


if __name__ == "__main__":
    answer = test_openai()
    print("openai: ok")
    test_anthropic(answer)
    print("anthropic: ok")
    test_litellm(answer)
    print("litellm: ok")
    test_metrics()
    print("metrics: ok")
