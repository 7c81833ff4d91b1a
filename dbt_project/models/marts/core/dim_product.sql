with

products as (

    select * from {{ ref('stg_mapped__products') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

parameters as (

    select * from {{ ref('int_parameters') }}

),

referenced_products as (

    select product_id from opportunities
    where product_id is not null
    union
    select product_id from products
    union
    select '__missing__' as product_id

),

products_completed as (

    select
        ---------- ids
        referenced_products.product_id,

        ---------- strings
        products.product_name,
        products.family,
        case
            when products.list_price is not null
                then coalesce(
                    products.currency, parameters.reporting_currency
                )
        end as currency,

        ---------- numerics
        cast(products.list_price as double) as list_price,

        ---------- booleans
        products.product_id is null
        and referenced_products.product_id <> '__missing__' as is_inferred
    from referenced_products
    cross join parameters
    left join products
        on referenced_products.product_id = products.product_id

)

select * from products_completed
