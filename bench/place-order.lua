-- For wrk: every request places one order of one piece, with an idempotency key of its own.
-- arguments: the ids of the products to choose from
local products
local count = 0
local run = string.format("%x", os.time())

function init(arguments)
  products = arguments
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
end

function request()
  count = count + 1
  wrk.headers["idempotency-key"] = run .. "-" .. count
  local product = products[count % #products + 1]
  return wrk.format(nil, nil, nil, '{"items":[{"productId":"' .. product .. '","quantity":1}]}')
end
