# Lo que dice la oficina de demostración con sus propias palabras.
office-notice = Los precios, las plazas libres, las personas y las publicaciones son simulados.
